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
  const { EventStream } = await import('../runner/link/event-stream.ts');
  let wasUp = false;
  let isDown = false;
  let failure: Error | undefined;
  const stream = new EventStream({
    open: (cursor, signal) => client.stream('/v1/stream', cursor, signal),
    onHello() {
      if (isDown) warn('Connected again.');
      wasUp = true;
      isDown = false;
    },
    // it tells what was before
    onSnapshot() {},
    onEvent: (event) => (json ? printJson(event) : printLine(describeEvent(event))),
    onDown(error) {
      if (!wasUp) {
        failure = error;
        stream.close();
      } else if (!isDown) warn(`${error.message} Trying again.`);
      isDown = true;
    },
  });
  await stream.run();
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
