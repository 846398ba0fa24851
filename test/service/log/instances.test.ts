/** Several instances of the service on one database. */
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { readConfig } from '../../../service/config.ts';
import { findStart } from '../../../service/stream/start-point.ts';
import { eventually } from '../../support/eventually.ts';
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

test('every instance publishes every event once and in order, whichever instance stored it', async () => {
  const database = await testDatabase();
  const instances = await Promise.all([1, 2, 3, 4].map(() => openInstance(database)));
  await register((instances[0] as LogInstance).log, 'a');
  const writers = instances.flatMap((instance) => [instance, instance, instance, instance]);
  const answers = await Promise.all(
    writers.map(async ({ log }) => {
      const ids: string[] = [];
      for (let n = 0; n < 20; n += 1) {
        const given = Array.from({ length: 5 }, () => uuidv7());
        const { events = [] } = await log.append(reportErrors('a', 5, given), REPORTER);
        expect(events.map(({ id }) => id)).toEqual(given);
        ids.push(...given);
      }
      return ids;
    }),
  );
  const count = 1 + 16 * 20 * 5;
  await eventually(
    () => instances.every(({ published }) => published.length >= count),
    'every instance to have all',
  );

  const rows = await stored(database);
  expect(rows.map(({ seq }) => seq)).toEqual(
    Array.from({ length: count }, (_, index) => index + 1),
  );
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([rows[0]?.id, ...answers.flat()]));
  for (const { published, log } of instances) {
    expect(published.map(({ seq, id }) => ({ seq, id }))).toEqual(rows);
    expect(log.fleet.seq).toBe(count);
  }
});

test('an instance continues when another one appends between its commits', async () => {
  const database = await testDatabase();
  // it looks for events of others before each commit, and finds those that came in between
  const { log, published } = await openInstance(database, { pollMs: 1 });
  await register(log, 'a');
  // waits for the lock of the commit under way, so it comes before the next
  const writeBetween = () => database.sql`
    with moved as (update head set seq = seq + 1 returning seq)
    insert into log (seq, id, time, type, agent, detail, data)
    select seq, ${uuidv7()}, now(), 'error.reported', 'a', false, '{"message":"in between"}'
    from moved`;
  const between: Promise<unknown>[] = [];
  log.listen((events) => {
    if (events.length > 100) between.push(writeBetween().execute());
  });
  const answers = await Promise.all(
    Array.from({ length: 300 }, () => log.append(reportErrors('a', 100), REPORTER)),
  );
  await Promise.all(between);
  await log.refresh();
  for (const { events } of answers) expect(events).toHaveLength(100);
  const rows = await stored(database);
  expect(rows).toHaveLength(30_001 + between.length);
  expect(published.map(({ seq, id }) => ({ seq, id }))).toEqual(rows);
});

test('one hundred simultaneous requests to two instances start one run', async () => {
  const database = await testDatabase();
  const [one, two] = await Promise.all([openInstance(database), openInstance(database)]);
  const profile = { name: 'A', capabilities: ['run' as const] };
  await one.log.append({ type: 'register-agent', agent: 'a', profile }, REPORTER);
  await one.log.append({ type: 'connect', runner: 'r', agents: ['a'], instance: 'i-1' }, REPORTER);
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? one : two).log.append(
        { type: 'request-run', agent: 'a', run: uuidv7(), request: {} },
        REPORTER,
      ),
    ),
  );
  const types = outcomes.map(({ problem }) => problem?.type ?? 'accepted').sort();
  expect(types).toEqual(['accepted', ...Array.from({ length: 99 }, () => 'already-running')]);
});

test('an event sent to two instances at once is stored once, and both give the same answer', async () => {
  const database = await testDatabase();
  const [one, two] = await Promise.all([openInstance(database), openInstance(database)]);
  await register(one.log, 'a');
  for (let n = 0; n < 20; n += 1) {
    const command = reportErrors('a', 3, [uuidv7(), uuidv7(), uuidv7()]);
    const [first, second] = await Promise.all([
      one.log.append(command, REPORTER),
      two.log.append(command, REPORTER),
    ]);
    expect(first.events?.map(({ seq }) => seq)).toEqual(second.events?.map(({ seq }) => seq));
  }
  expect(await stored(database)).toHaveLength(61);
});

test('an instance whose connections break misses nothing, without polling', async () => {
  const database = await testDatabase();
  const [writer, reader] = await Promise.all([openInstance(database), openInstance(database)]);
  await register(writer.log, 'a');
  await eventually(() => reader.published.length === 1, 'the first event');
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`;
  await eventually(
    async () => (await writer.log.append(reportErrors('a', 1), REPORTER)).events,
    'the writer to be connected again',
  );
  await eventually(() => reader.log.fleet.seq === writer.log.fleet.seq, 'the reader to catch up');
  expect(reader.published.map(({ seq }) => seq)).toEqual(
    reader.published.map((_, index) => index + 1),
  );
});

test('an instance follows by polling when it is not notified', async () => {
  const database = await testDatabase();
  const writer = await openInstance(database);
  const reader = await openInstance(database, { pollMs: 50 });
  await stopNotifications(database);
  await register(writer.log, 'a');
  await writer.log.append(reportErrors('a', 1_200), REPORTER);
  await eventually(() => reader.published.length === 1_201, 'the reader to catch up');
});

test('while its connections break, an instance stores requests or refuses them, and loses none that it stored', async () => {
  const database = await testDatabase();
  const { log, published } = await openInstance(database, { pollMs: 50 });
  await register(log, 'a');
  const acknowledged: number[] = [];
  for (let n = 0; n < 60; n += 1) {
    if (n % 10 === 5) {
      await database.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
    }
    const { events, problem } = await log.append(reportErrors('a', 2), REPORTER);
    if (events) acknowledged.push(...events.map(({ seq }) => seq));
    else expect(problem).toMatchObject({ type: 'unavailable', retryAfterS: 1 });
  }
  expect(acknowledged.length).toBeGreaterThan(60);
  const rows = (await stored(database)).map(({ seq }) => seq);
  expect(rows).toEqual(expect.arrayContaining(acknowledged));
  await eventually(() => published.length === rows.length, 'all events to be published');
  expect(published.map(({ seq }) => seq)).toEqual(rows);
});

test('a client whose cursor is ahead of an instance can continue there', async () => {
  const database = await testDatabase();
  const [one, two] = await Promise.all([openInstance(database), openInstance(database)]);
  await register(one.log, 'a');
  const config = readConfig({}, {});
  for (let n = 0; n < 20; n += 1) {
    const { events = [] } = await one.log.append(reportErrors('a', 1), REPORTER);
    const cursor = { epoch: two.log.epoch, seq: events[0]?.seq ?? 0 };
    const start = await findStart({ log: two.log, config }, cursor, false);
    expect(start).toEqual({ kind: 'resume', afterSeq: cursor.seq });
  }
});
