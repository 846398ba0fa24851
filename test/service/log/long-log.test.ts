/** What is read of a log that is much longer than a page: about as much as is returned, not a part of the log. */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sql } from '../../../service/database/connect.ts';
import { connect } from '../../../service/database/connect.ts';
import type { RunsQuery } from '../../../service/log/history.ts';
import { readRunPage } from '../../../service/log/history.ts';
import type { LogFilter } from '../../../service/log/store.ts';
import { PAGE_EVENTS, readPage } from '../../../service/log/store.ts';
import type { TestDatabase } from '../../support/database.ts';
import { createTestDatabase } from '../../support/database.ts';
import { uuid } from '../../support/fleet.ts';

const ROWS = 60_000;
/** Of so many rows one is this agent's, as they take turns. Of as many runs, each a piece of the log, this is one. */
const AGENTS = 10;
const AGENT = 'agent-3';
const RUN = uuid(3);
/** Reads before the one that counts: PostgreSQL may keep a plan after five. */
const READS_BEFORE = 9;

let database: TestDatabase;
/** One connection. */
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = await connect(database.url, { log: pino({ level: 'silent' }), maxConnections: 1 });
  await sql`
    insert into log (seq, id, time, type, agent, run, actor, detail, data)
    select n, gen_random_uuid(), now(), (array['step.started', 'error.reported'])[1 + n % 2],
      'agent-' || n % ${AGENTS}::int,
      overlay(${RUN}::text placing ((n - 1) * ${AGENTS}::int / ${ROWS}::int)::text from 36)::uuid,
      'alice', n % 4 = 0, '{}'
    from generate_series(1, ${ROWS}::int) as n`;
  await sql`
    insert into runs (id, agent, status, seq, doc)
    select gen_random_uuid(), 'agent-' || n % ${AGENTS}::int,
      (array['succeeded', 'failed'])[1 + n / ${AGENTS}::int % 2], n, '{}'
    from generate_series(1, ${ROWS}::int) as n`;
  await sql`analyze log, runs`;
  // workers are as tempting as for a log that is a hundred times as long
  await sql`set parallel_setup_cost = 0`;
  await sql`set min_parallel_table_scan_size = 0`;
  await sql`set min_parallel_index_scan_size = 0`;
});

afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** Rows of a table that the connection looks at for one of many reads. */
async function rowsRead(table: string, read: () => Promise<unknown>): Promise<number> {
  for (let reads = 0; reads < READS_BEFORE; reads += 1) await read();
  // what a connection has counted is taken away from it between transactions
  await sql`begin`;
  const before = await rowsCounted(table);
  await read();
  const after = await rowsCounted(table);
  await sql`commit`;
  return after - before;
}

async function rowsCounted(table: string): Promise<number> {
  const [counted] = await sql<[{ rows: number }]>`
    select seq_tup_read + coalesce(idx_tup_fetch, 0) as rows
    from pg_stat_xact_user_tables where relname = ${table}`;
  return counted.rows;
}

test.for<[string, number, LogFilter]>([
  ['all', 0, { detail: true }],
  ['all near the end', ROWS - 1_000, { detail: true }],
  ['none of high volume', 0, { detail: false }],
  ['of a run', 0, { detail: true, run: RUN }],
  ['of an agent', 0, { detail: true, agents: [AGENT] }],
  ['of a type', 0, { detail: true, types: ['step.'] }],
])('a page of events: %s', async ([, after, filter]) => {
  const rows = await rowsRead('log', async () => {
    const { events } = await readPage(sql, after, filter);
    expect(events).toHaveLength(PAGE_EVENTS);
  });
  // fewer than are returned: workers looked at the others, which are not counted
  expect(rows).toBeGreaterThanOrEqual(PAGE_EVENTS);
  expect(rows).toBeLessThanOrEqual(PAGE_EVENTS * AGENTS);
});

test.for<[string, Partial<RunsQuery>]>([
  ['all', {}],
  ['those before a position', { before: ROWS / 2 }],
  ['of an agent', { agents: [AGENT] }],
  ['of an agent, in a state', { agents: [AGENT], statuses: ['failed'] }],
])('a page of runs: %s', async ([, query]) => {
  const limit = 50;
  const all = { agents: undefined, statuses: undefined, before: undefined };
  const rows = await rowsRead('runs', async () => {
    expect(await readRunPage(sql, { ...all, ...query, limit })).toHaveLength(limit);
  });
  expect(rows).toBeLessThanOrEqual(limit * AGENTS * 2);
});
