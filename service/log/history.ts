/** SQL that reads history a page at a time: runs, the events of a run, and connections. */
import type { PastConnection } from '../../protocol/wire/connections.ts';
import type { DisconnectReason } from '../../protocol/events/agent.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Run, RunStatus } from '../../protocol/fleet/fleet.ts';
import type { Sql } from '../database/connect.ts';
import type { EventRow } from './store.ts';
import { toEvent } from './store.ts';

export interface RunsQuery {
  /** Undefined for all agents. */
  readonly agents: readonly string[] | undefined;
  readonly statuses: readonly RunStatus[] | undefined;
  /** Only runs that began before this position. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** The runs that match, the last begun first. */
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
  /** Only events after this position. */
  readonly after: number;
  readonly limit: number;
}

/** The events of a run that are kept, oldest first, including high-volume events. */
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

export interface ConnectionsQuery {
  readonly agent: string;
  /** Only connections that began before this position. */
  readonly before: number | undefined;
  /** ISO 8601. Only connections that ended after this moment, or are open. */
  readonly endedAfter: string | undefined;
  readonly limit: number;
}

interface ConnectionRow {
  readonly seq: string;
  readonly data: { readonly runner: string; readonly generation: number };
  readonly time: Date;
  readonly end_type: string | null;
  readonly end_time: Date | null;
  readonly end_data: { readonly reason?: DisconnectReason } | null;
}

/** The connections of an agent, newest first. Each ends with its disconnection, or when another replaced it. */
export async function readConnections(
  sql: Sql,
  { agent, before, endedAfter, limit }: ConnectionsQuery,
): Promise<PastConnection[]> {
  const rows = await sql<ConnectionRow[]>`
    select began.seq, began.data, began.time,
      ended.type as end_type, ended.time as end_time, ended.data as end_data
    from log as began
    left join lateral (
      select type, time, data from log
      where agent = began.agent and run is null and seq > began.seq
        and type in ('agent.connected', 'agent.disconnected')
      order by seq
      limit 1
    ) as ended on true
    where began.agent = ${agent} and began.run is null and began.type = 'agent.connected'
      and (${before ?? null}::bigint is null or began.seq < ${before ?? null}::bigint)
      and (${endedAfter ?? null}::timestamptz is null or ended.time is null
        or ended.time > ${endedAfter ?? null}::timestamptz)
    order by began.seq desc
    limit ${limit}
  `;
  return rows.map(
    ({ seq, data, time, end_type: endType, end_time: endTime, end_data: endData }) => ({
      seq: Number(seq),
      runner: data.runner,
      generation: data.generation,
      connectedAt: time.toISOString(),
      ...(endTime && {
        disconnectedAt: endTime.toISOString(),
        reason: endType === 'agent.connected' ? 'replaced' : (endData?.reason ?? 'connection-lost'),
      }),
    }),
  );
}
