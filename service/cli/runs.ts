import { stripVTControlCharacters } from 'node:util';
import type { Command } from 'commander';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Run } from '../../protocol/fleet/fleet.ts';
import { isFinal } from '../../protocol/fleet/fleet.ts';
import type { RunAnswer, RunEventsAnswer, RunsAnswer } from '../../protocol/wire/messages.ts';
import type { Client } from '../../protocol/client/client.ts';
import { openClient } from './connection.ts';
import { UsageError } from './exit-codes.ts';
import { plain, printJson, printLine, table } from './print.ts';

interface RunsFlags {
  readonly agent?: string;
  readonly status?: string;
  readonly limit: string;
  readonly json?: true;
}

export function addRuns(program: Command): void {
  program
    .command('runs')
    .summary('list runs, newest first')
    .description('Lists finished and running runs, newest first.')
    .option('--agent <id>', 'only runs of this agent')
    .option(
      '--status <status>',
      'only runs with this status: running, failed, succeeded, cancelled …',
    )
    .option('--limit <number>', 'maximum number of runs', '20')
    .option('--json', 'print one JSON object per line')
    .action(async ({ agent, status, limit, json }: RunsFlags) => {
      const client = await openClient(process.env);
      const query = new URLSearchParams({
        limit,
        ...(agent !== undefined && { agent }),
        ...(status !== undefined && { status }),
      });
      const { runs } = await client.request<RunsAnswer>('GET', `/v1/runs?${query}`);
      if (json) {
        for (const run of runs) printJson(run);
        return;
      }
      if (runs.length === 0) {
        printLine('No runs yet.');
        return;
      }
      const rows = runs.map((run) => [
        run.id,
        plain(run.agent),
        run.status,
        startTime(run),
        duration(run),
        plain((run.message ?? '').trimEnd().split('\n').at(-1) ?? '').slice(0, 60),
      ]);
      const head = ['RUN', 'AGENT', 'STATUS', 'STARTED', 'DURATION', 'MESSAGE'];
      for (const line of table([head, ...rows])) printLine(line);
    });

  program
    .command('logs')
    .summary('print the output of a run')
    .description('Prints the stored output of a run. What the run wrote to stderr goes to stderr.')
    .argument('<run>', 'id of the run, or of an agent for its newest run')
    .option('--raw', 'include control sequences, as the run printed them')
    .option('--json', 'print the events, one JSON object per line')
    .action(async (id: string, flags: { raw?: true; json?: true }) => {
      const client = await openClient(process.env);
      await printEvents(client, await findRun(client, id), flags);
    });
}

async function findRun(client: Client, id: string): Promise<string> {
  if (/^[0-9a-f-]{36}$/i.test(id)) {
    return (await client.request<RunAnswer>('GET', `/v1/runs/${id}`)).run.id;
  }
  const query = new URLSearchParams({ agent: id, limit: '1' });
  const { runs } = await client.request<RunsAnswer>('GET', `/v1/runs?${query}`);
  const [newest] = runs;
  if (newest) return newest.id;
  throw new UsageError(`There is no run of an agent "${plain(id)}". See: agentlight runs`);
}

async function printEvents(
  client: Client,
  run: string,
  { raw, json }: { raw?: true; json?: true },
): Promise<void> {
  let after: number | undefined = 0;
  while (after !== undefined) {
    const path = `/v1/runs/${run}/events?after=${after}`;
    const page: RunEventsAnswer = await client.request('GET', path);
    for (const event of page.events) {
      if (json) printJson(event);
      else printOutput(event, raw === true);
    }
    after = page.after;
  }
}

function printOutput(event: LogEvent, isRaw: boolean): void {
  if (event.type !== 'run.output') return;
  const { stream, text } = event.data;
  process[stream].write(isRaw ? text : withoutControls(text));
}

/** Removes everything that a terminal would execute, except line breaks and tabs. */
function withoutControls(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, '');
}

function startTime({ startedAt, requestedAt }: Run): string {
  const at = startedAt ?? requestedAt;
  return at === undefined ? '' : at.slice(0, 19).replace('T', ' ');
}

function duration({ startedAt, endedAt, status }: Run): string {
  if (startedAt === undefined) return '';
  const endMs = isFinal(status) && endedAt !== undefined ? Date.parse(endedAt) : Date.now();
  const seconds = Math.max(0, (endMs - Date.parse(startedAt)) / 1_000);
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min`;
}
