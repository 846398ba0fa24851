/** Reading what was: runs of the past and the events of one of them, a page at a time. */
import type { LogEvent } from '../../protocol/event.ts';
import type { Run, RunStatus } from '../../protocol/fleet.ts';
import type { Sql } from '../database/connect.ts';
import type { EventRow } from './store.ts';
import { toEvent } from './store.ts';

export interface RunsQuery {
  /** Those of these agents; undefined: of all. */
  readonly agents: readonly string[] | undefined;
  readonly statuses: readonly RunStatus[] | undefined;
  /** Only runs that began before this position of the log. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** Newest first, by the position at which they began. */
export async function readRunPage(
  sql: Sql,
  { agents, statuses, before, limit }: RunsQuery,
): Promise<Run[]> {
  const ofAgents = agents ? [...agents] : null;
  const inStatuses = statuses ? [...statuses] : null;
  const rows = await sql<{ doc: Run }[]>`
    select doc from runs
    where (${ofAgents}::text[] is null or agent = any(${ofAgents}::text[]))
      and (${inStatuses}::text[] is null or status = any(${inStatuses}::text[]))
      and (${before ?? null}::bigint is null or seq < ${before ?? null}::bigint)
    order by seq desc
    limit ${limit}
  `;
  return rows.map(({ doc }) => doc);
}

export interface RunEventsQuery {
  readonly run: string;
  /** Only events behind this position of the log. */
  readonly after: number;
  readonly limit: number;
}

/** Oldest first, high-volume events included, as far as they are kept. */
export async function readRunEvents(
  sql: Sql,
  { run, after, limit }: RunEventsQuery,
): Promise<LogEvent[]> {
  const rows = await sql<EventRow[]>`
    select seq, id, time, type, agent, run, actor, data from log
    where run = ${run} and seq > ${after}
    order by seq
    limit ${limit}
  `;
  return rows.map(toEvent);
}
