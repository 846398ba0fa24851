import type { Command } from 'commander';
import type { LogEvent } from '../../protocol/events/event.ts';
import { openClient } from './connection.ts';
import { plain, printJson, printLine, warn } from './print.ts';

export function addTail(program: Command): void {
  program
    .command('tail')
    .summary('follow what happens, one line an event')
    .description('Follows what happens from now on, one line an event, until Ctrl-C.')
    .option('--json', 'print the events as they are, one JSON object a line')
    .action(tail);
}

async function tail({ json }: { json?: true }): Promise<void> {
  const client = await openClient(process.env);
  const { SHORT_BACKOFF } = await import('../../protocol/client/backoff.ts');
  const { follow } = await import('../../protocol/client/follow.ts');
  const { ServiceConnection } = await import('../../protocol/client/service-connection.ts');
  let wasUp = false;
  let isDown = false;
  let failure: Error | undefined;
  const connection = new ServiceConnection({
    open: (cursor, signal) => follow(client, { cursor, signal }),
    onBatch({ events }) {
      for (const event of events) {
        if (json) printJson(event);
        else printLine(describeEvent(event));
      }
    },
    onChange({ state }, error) {
      if (state === 'live') {
        if (isDown) warn('Connected again.');
        wasUp = true;
        isDown = false;
      } else if (state === 'waiting' && error) {
        if (!wasUp) {
          // whoever types a wrong address wants to know it now
          failure = error;
          connection.close();
        } else if (!isDown) warn(`${error.message} Trying again.`);
        isDown = true;
      }
    },
    backoff: SHORT_BACKOFF,
  });
  await connection.run();
  if (failure) throw failure;
}

/** Such as `14:02:03  unit-tests  run.failed  exit 1: 3 of 412 tests failed`. */
export function describeEvent(event: LogEvent): string {
  const time = new Date(event.time).toTimeString().slice(0, 8);
  return [time, event.agent ?? '-', event.type, describeData(event)]
    .map((part) => plain(part))
    .filter((part) => part !== '')
    .join('  ');
}

function describeData(event: LogEvent): string {
  switch (event.type) {
    case 'run.failed': {
      const { reason, message, exitCode, signal } = event.data;
      const how = [reason, exitCode ?? signal].filter((part) => part !== undefined).join(' ');
      return `${how}: ${message.trimEnd().split('\n').at(-1)}`;
    }
    case 'run.requested':
    case 'run.cancel_requested':
      return `by ${event.actor ?? 'somebody'}`;
    case 'run.started':
      return event.data.command ?? '';
    case 'run.progress': {
      const { value, message = '' } = event.data;
      return value === undefined ? message : `${Math.round(value * 100)} % ${message}`;
    }
    case 'run.phase':
    case 'agent.registered':
    case 'agent.updated':
      return event.data.name;
    case 'run.succeeded':
    case 'run.cancelled':
    case 'error.reported':
      return event.data.message ?? '';
    case 'agent.connected':
      return event.data.runner;
    case 'agent.disconnected':
      return event.data.reason;
    default:
      return '';
  }
}
