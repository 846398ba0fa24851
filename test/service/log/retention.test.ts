import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Retention } from '../../../service/log/retention.ts';
import { readPage } from '../../../service/log/store.ts';
import type { TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { uuid } from '../../support/fleet.ts';
import type { LogInstance } from '../../support/log.ts';
import {
  openInstance,
  register,
  REPORTER,
  reportErrors,
  stopNotifications,
  stored,
  testDatabase,
} from '../../support/log.ts';

const FOR_EVER = {
  keepEvents: 1_000_000,
  keepDays: 1_000,
  keepDetailEvents: 1_000_000,
  keepDetailDays: 1_000,
  retentionIntervalMs: 3_600_000,
};

test('the newest events are kept, and the floor says up to where the others are deleted', async () => {
  const { database, log, sweep } = await logWith(2_500);
  await sweep({ keepEvents: 100 });
  const rows = await stored(database);
  expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, n) => n + 2_402));
  const { floor } = await readPage(database.sql, 0, { detail: false });
  expect(floor).toBe(2_401);
  expect(log.fleet.seq).toBe(2_501);
});

test('high-volume events are deleted first, and only their floor rises', async () => {
  const { database, log, sweep } = await logWith(10);
  const run = uuid(900);
  const output = { type: 'run.output', agent: 'a', run, data: { stream: 'stdout', text: 'x' } };
  const events = [{ type: 'run.started', agent: 'a', run, data: {} }, output, output];
  await log.append({ type: 'report', events }, REPORTER);
  await sweep({ keepDetailEvents: 0 });
  expect(await stored(database)).toHaveLength(12);
  const quiet = await readPage(database.sql, 0, { detail: false });
  const detailed = await readPage(database.sql, 0, { detail: true });
  expect([quiet.floor, detailed.floor]).toEqual([0, 14]);
  expect(quiet.events).toHaveLength(12);
});

test('the age of an event counts from its commit, not from its own time', async () => {
  const { database, log, sweep } = await logWith(5);
  const old = { type: 'error.reported', agent: 'a', time: '2001-01-01T00:00:00Z' };
  await log.append({ type: 'report', events: [{ ...old, data: { message: 'late' } }] }, REPORTER);
  await sweep({ keepDays: 1 });
  expect(await stored(database)).toHaveLength(7);
  // two days later
  await database.sql`update marks set at = at - interval '2 days'`;
  await log.append(reportErrors('a', 1), REPORTER);
  await sweep({ keepDays: 1 });
  expect((await stored(database)).map(({ seq }) => seq)).toEqual([8]);
});

test('runs are deleted with their events, except those that the fleet still shows', async () => {
  const { database, log, sweep } = await logWith(1);
  for (const n of [1, 2, 3]) {
    const life = ['run.started', 'run.succeeded'];
    const events = life.map((type) => ({ type, agent: 'a', run: uuid(900 + n), data: {} }));
    await log.append({ type: 'report', events }, REPORTER);
  }
  await sweep({ keepEvents: 0 });
  const runs = await database.sql`select id from runs`;
  expect(runs.map(({ id }) => id as string)).toEqual([uuid(903)]);
});

test('events can be appended during a sweep', async () => {
  const { log, sweep } = await logWith(20_000);
  const sweeping = sweep({ keepEvents: 0 });
  let appended = 0;
  const progress = { swept: false };
  void sweeping.then(() => (progress.swept = true));
  while (!progress.swept) {
    const { problem } = await log.append(reportErrors('a', 1), REPORTER);
    expect(problem).toBeUndefined();
    appended += 1;
  }
  expect(appended).toBeGreaterThan(5);
});

test('an instance that was cut off for longer than events are kept continues with the stored fleet', async () => {
  const { database, log: writer, sweep } = await logWith(1);
  const behind = await openInstance(database, { pollMs: 3_600_000 });
  let gaps = 0;
  behind.log.onGap(() => (gaps += 1));
  // the read with which it begins to listen must not fall between the events and their deletion
  await behind.log.refresh();
  await stopNotifications(database);
  await writer.append(reportErrors('a', 30), REPORTER);
  await sweep({ keepEvents: 10 });
  await behind.log.append(reportErrors('a', 1), REPORTER);
  await eventually(() => behind.log.fleet.seq === 33, 'the instance to catch up');
  expect(gaps).toBe(1);
  expect(behind.log.fleet).toEqual(JSON.parse(JSON.stringify(await fleetOf(database))));
});

async function logWith(errors: number) {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  await register(log, 'a');
  for (let left = errors; left > 0; left -= 1_000) {
    await log.append(reportErrors('a', Math.min(left, 1_000)), REPORTER);
  }
  const sweep = async (keep: Partial<typeof FOR_EVER>) => {
    const logger = pino({ level: 'silent' });
    const retention = new Retention({ ...FOR_EVER, ...keep, sql: database.sql, log, logger });
    await retention.sweep();
    await retention.close();
  };
  return { database, log, sweep };
}

async function fleetOf(database: TestDatabase) {
  const { log }: LogInstance = await openInstance(database);
  return log.fleet;
}
