/** What the run page reads of a service: a run, its events, and the runs before it, a page at a time. */
import * as z from 'zod/mini';
import type { LogEvent } from '../../protocol/events/event.ts';
import { envelopeSchema } from '../../protocol/wire/envelope.ts';
import type { Run, RunStatus } from '../../protocol/fleet/fleet.ts';
import type { RunsAnswer } from '../../protocol/wire/messages.ts';
import type { Target } from '../background/service-client.ts';
import { get } from '../background/service-client.ts';

/** An event may be 16 kB: so many are little enough to be there soon, and enough for few requests. */
const EVENTS_PER_PAGE = 1_000;
const RUNS_PER_PAGE = 50;

const runSchema = z.looseObject({
  id: z.string(),
  agent: z.string(),
  seq: z.int(),
  status: z.string(),
  statusSeq: z.int(),
});
const runAnswer = z.looseObject({ run: runSchema });
const runsAnswer = z.looseObject({ runs: z.array(runSchema), before: z.optional(z.int()) });
const eventsAnswer = z.looseObject({
  events: z.array(envelopeSchema),
  after: z.optional(z.int()),
});

/** @throws ConnectionError or RefusedError, as all here. */
export async function fetchRun(target: Target, run: string): Promise<Run> {
  const path = `/v1/runs/${encodeURIComponent(run)}`;
  return (await get(target, path, runAnswer)).run as unknown as Run;
}

/** Newest first. @param before the answer's `before` of last time, for the page behind it. */
export async function fetchRuns(
  target: Target,
  agent: string,
  statuses: readonly RunStatus[],
  before?: number,
): Promise<RunsAnswer> {
  const query = new URLSearchParams({ agent, limit: String(RUNS_PER_PAGE) });
  for (const status of statuses) query.append('status', status);
  if (before !== undefined) query.set('before', String(before));
  const answer = await get(target, `/v1/runs?${query.toString()}`, runsAnswer);
  return answer as unknown as RunsAnswer;
}

/** Pages of events, oldest first. @param after only those behind this position. */
export async function* fetchEvents(
  target: Target,
  run: string,
  after: number,
): AsyncGenerator<readonly LogEvent[], void> {
  const limit = String(EVENTS_PER_PAGE);
  for (let from: number | undefined = after; from !== undefined; ) {
    const query = new URLSearchParams({ after: String(from), limit });
    const path = `/v1/runs/${encodeURIComponent(run)}/events?${query.toString()}`;
    const answer: z.output<typeof eventsAnswer> = await get(target, path, eventsAnswer);
    yield answer.events as unknown as LogEvent[];
    // a service that sends us round and round is left
    from = answer.after !== undefined && answer.after > from ? answer.after : undefined;
  }
}
