/**
 * The log's SQL: what is read and written, one function per query. Nothing here keeps state.
 */
import type { LogEvent } from '../../protocol/events/event.ts';
import { isDetail } from '../../protocol/events/detail.ts';
import type { Agent, Fleet, Run } from '../../protocol/fleet/fleet.ts';
import type { PendingQuery, TransactionSql } from 'postgres';
import type { Sql } from '../database/connect.ts';

/** Rows a reader takes at once: small enough to give way, as fast as one big query (measured: 48 ms per 10,000). */
export const PAGE_EVENTS = 500;

/** Up to where the log has been deleted. */
export interface Floors {
  readonly floor: number;
  /** The same for high-volume events; never below `floor`. */
  readonly detailFloor: number;
}

const NO_FLOORS: Floors = { floor: 0, detailFloor: 0 };

/** The floor of those who get high-volume events, or of those who don't. */
export function floorOf({ floor, detailFloor }: Floors, detail: boolean): number {
  return detail ? detailFloor : floor;
}

export interface Head extends Floors {
  readonly epoch: string;
  readonly seq: number;
}

/** A piece of the log, and the floors at that moment: what lies above that of its filter is complete. */
export interface Page {
  readonly events: LogEvent[];
  readonly floor: number;
  readonly floors: Floors;
}

/** Restricts a read of the log; a missing member restricts nothing. */
export interface LogFilter {
  /** Events that concern no agent in particular match too. */
  readonly agents?: readonly string[] | undefined;
  readonly run?: string | undefined;
  /** An event matches when its type is one of these or begins with one of them. */
  readonly types?: readonly string[] | undefined;
  /** Include high-volume events. */
  readonly detail: boolean;
}

/** An event as its columns. */
export interface EventRow {
  seq: number;
  id: string;
  time: Date;
  type: string;
  agent: string | null;
  run: string | null;
  actor: string | null;
  data: unknown;
}

type Queryable = Sql | TransactionSql<{ bigint: number }>;

/** Texts and values of a query in the driver, which reads them before it is answered: not documented. */
const QUERY_FIELDS = ['args', 'parameters', 'string', 'signature'];

/**
 * The rows of a query, which keeps neither them nor what it was given, as do the queries that are part of it. The driver
 * (3.4.9, src/query.js) assigns function literals to fields of each query. V8 allocates such ones in the old generation,
 * so whatever a query refers to stays until a full collection. Measured at 4,000 events a second: a sixth as much is
 * moved there.
 */
async function rowsOf<T extends readonly object[]>(
  query: PendingQuery<T>,
  parts: readonly object[] = [],
): Promise<T[number][]> {
  const answer: readonly T[number][] = await query;
  // taken out of the answer: the query is the promise of it
  const rows = (answer as T[number][]).splice(0);
  for (const given of [query, ...parts]) {
    for (const field of QUERY_FIELDS) Reflect.set(given, field, undefined);
  }
  return rows;
}

async function readHead(sql: Queryable): Promise<Head> {
  const [row] = await sql<Head[]>`
    select epoch, seq, floor, detail_floor as "detailFloor" from head, floors`;
  if (!row)
    throw new Error('The table "head" is empty: the database is damaged. Restore a backup.');
  return row;
}

/** The fleet as it was stored with the newest event, and the head that it belongs to. */
export async function readFleet(sql: Sql): Promise<{ head: Head; fleet: Fleet }> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const head = await readHead(tx);
    const agents = await tx<{ doc: Agent }[]>`select doc from agents`;
    const ids = agents.flatMap(({ doc }) => [...doc.runs, ...(doc.lastRun ? [doc.lastRun] : [])]);
    const runs = await tx<{ doc: Run }[]>`select doc from runs where id = any(${ids}::uuid[])`;
    const fleet = {
      seq: head.seq,
      agents: Object.fromEntries(agents.map(({ doc }) => [doc.id, doc])),
      runs: Object.fromEntries(runs.map(({ doc }) => [doc.id, doc])),
    };
    return { head, fleet };
  });
}

/**
 * Events behind `after`, in order, at most `PAGE_EVENTS`.
 *
 * PostgreSQL keeps a plan of a statement for whatever its parameters are, so a condition that restricts nothing is left
 * out, and the limit is part of the text. With all of them as parameters it plans for a tenth of the log: a page took 7 ms
 * instead of 2 with 3 million events, as two workers were started for it, and one of a run 275 ms.
 */
export async function readPage(sql: Queryable, after: number, filter: LogFilter): Promise<Page> {
  const { agents, run, types, detail } = filter;
  const conditions = [sql`seq > ${after}`];
  if (!detail) conditions.push(sql`and not detail`);
  if (agents) conditions.push(sql`and (agent is null or agent = any(${[...agents]}::text[]))`);
  if (run) conditions.push(sql`and run = ${run}`);
  if (types) conditions.push(sql`and type like any(${types.map(patternOf)}::text[])`);
  // one statement, one view of the database: nothing is deleted between the floor and the events
  const query = sql<(EventRow & Floors)[]>`
    select floors.floor, floors.detail_floor as "detailFloor", page.*
    from floors
    left join lateral (
      select seq, id, time, type, agent, run, actor, data
      from log
      where ${conditions}
      order by seq
      limit ${sql.unsafe(String(PAGE_EVENTS))}
    ) as page on true
    order by page.seq
  `;
  const rows = await rowsOf(query, conditions);
  // without events there is one row, of the floors alone
  const events = rows.filter(({ seq }) => seq !== null).map(toEvent);
  const [{ floor, detailFloor } = NO_FLOORS] = rows;
  const floors = { floor, detailFloor };
  return { events, floor: floorOf(floors, detail), floors };
}

/** The pattern that texts beginning with `prefix` match. */
function patternOf(prefix: string): string {
  return `${prefix.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

/** The events among these ids that are in the log already. */
export async function readByIds(sql: Sql, ids: readonly string[]): Promise<LogEvent[]> {
  const rows = await sql<EventRow[]>`
    select seq, id, time, type, agent, run, actor, data from log where id = any(${ids as string[]}::uuid[])
  `;
  return rows.map(toEvent);
}

export async function readRuns(sql: Queryable, ids: readonly string[]): Promise<Run[]> {
  const rows = await sql<{ doc: Run }[]>`
    select doc from runs where id = any(${ids as string[]}::uuid[])
  `;
  return rows.map(({ doc }) => doc);
}

/** Documents that changed with a batch of events; an agent's is `null` when it was removed. */
export interface TouchedDocuments {
  readonly agents: ReadonlyMap<string, Agent | null>;
  readonly runs: ReadonlyMap<string, Run>;
}

/**
 * Stores `events` right behind `expected` with their documents.
 *
 * @returns false when the log does not end at `expected` any more; then nothing was stored.
 * @throws PostgresError 23505 when one of the ids is in the log already; then nothing was stored.
 */
export async function compareAndAppend(
  sql: Sql,
  expected: number,
  events: readonly LogEvent[],
  touched: TouchedDocuments,
): Promise<boolean> {
  const agents = [...touched.agents].flatMap(([id, doc]) => (doc ? [{ id, doc }] : []));
  const removed = [...touched.agents].flatMap(([id, doc]) => (doc ? [] : [id]));
  const runs = [...touched.runs.values()];
  const [row] = await rowsOf(sql<{ appended: boolean }[]>`
    select append_events(
      ${expected},
      ${arrayText(events, ({ id }) => id)}::uuid[],
      ${arrayText(events, ({ time }) => time)}::timestamptz[],
      ${arrayText(events, ({ type }) => type)}::text[],
      ${arrayText(events, ({ agent }) => agent)}::text[],
      ${arrayText(events, ({ run }) => run)}::uuid[],
      ${arrayText(events, ({ actor }) => actor)}::text[],
      ${arrayText(events, ({ type }) => String(isDetail(type)))}::boolean[],
      ${arrayText(events, ({ data }) => JSON.stringify(data))}::json[],
      ${arrayText(agents, ({ id }) => id)}::text[],
      ${arrayText(agents, ({ doc }) => JSON.stringify(doc))}::json[],
      ${arrayText(removed, (id) => id)}::text[],
      ${arrayText(runs, ({ id }) => id)}::uuid[],
      ${arrayText(runs, ({ agent }) => agent)}::text[],
      ${arrayText(runs, ({ status }) => status)}::text[],
      ${arrayText(runs, ({ seq }) => String(seq))}::bigint[],
      ${arrayText(runs, (run) => JSON.stringify(run))}::json[]
    ) as appended
  `);
  return row?.appended === true;
}

/**
 * An array as PostgreSQL reads it (section 8.15.6 of its manual), of one member of each item; `undefined` is null. JSON
 * has the same quotes and backslashes, but for control characters, and neither ids, names, times nor JSON texts have any.
 * Measured: 0.9 µs an event, where quoting value by value took 1.9; the driver, which looks at what it is given, 1.6 times
 * that.
 */
function arrayText<T>(items: readonly T[], member: (item: T) => string | undefined): string {
  return `{${JSON.stringify(items.map(member)).slice(1, -1)}}`;
}

/** Keys in the order in which they cross the wire: `seq` first. */
export function toEvent(row: EventRow): LogEvent {
  return {
    seq: row.seq,
    id: row.id,
    type: row.type,
    time: row.time.toISOString(),
    ...(row.agent !== null && { agent: row.agent }),
    ...(row.run !== null && { run: row.run }),
    ...(row.actor !== null && { actor: row.actor }),
    data: row.data,
  } as LogEvent;
}
