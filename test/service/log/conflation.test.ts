import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import type { ReportedEvent } from '../../../protocol/decide/command.ts';
import { Conflation } from '../../../service/log/conflation.ts';
import { uuid } from '../../support/fleet.ts';
import { openInstance, register, REPORTER, testDatabase } from '../../support/log.ts';

const RUN = uuid(900);

test('of several values of progress in a request the last is stored, and answers all of them', async () => {
  const { report, stored } = await startedRun();
  const answer = await report([progress(0.1), progress(0.2), phase('build'), progress(0.3)]);
  expect(await stored()).toEqual([
    ['run.phase', { name: 'build' }],
    ['run.progress', { value: 0.3 }],
  ]);
  const last = answer.at(-1)?.seq;
  expect(answer.map(({ seq }) => seq)).toEqual([last, last, (last as number) - 1, last]);
  expect(new Set(answer.map(({ id }) => id)).size).toBe(4);
});

test('a repeated request changes nothing and has the same answer', async () => {
  const { report, stored } = await startedRun();
  const events = [progress(0.1), progress(0.2), phase('build'), progress(0.3)];
  const withIds = events.map((event) => ({ ...event, id: uuidv7() }));
  const first = await report(withIds);
  const again = await report(withIds);
  expect(again.map(({ id, seq }) => [id, seq])).toEqual(first.map(({ id, seq }) => [id, seq]));
  expect(await stored()).toHaveLength(2);
});

test('a value is not superseded by a later one that is refused', async () => {
  const { log, stored } = await startedRun();
  const append = (events: ReportedEvent[]) => log.append({ type: 'report', events }, REPORTER);
  const [good, bad] = await Promise.all([
    append([progress(0.5)]),
    append([progress(0.9), { ...progress(1), agent: 'nobody' }]),
  ]);
  expect(good.events).toHaveLength(1);
  expect(bad.problem?.type).toBe('unknown-agent');
  expect(await stored()).toEqual([['run.progress', { value: 0.5 }]]);
});

test('of the requests within the interval the last value is stored, and answers all of them', async () => {
  const { conflation, stored } = await startedRun({ intervalMs: 200 });
  const append = (event: ReportedEvent) =>
    conflation.append({ type: 'report', events: [event] }, REPORTER);
  await append(progress(0));
  const waiting = [0.1, 0.2, 0.3].map((value) => append(progress(value)));
  const outcomes = await Promise.all(waiting);
  expect(await stored()).toEqual([
    ['run.progress', { value: 0 }],
    ['run.progress', { value: 0.3 }],
  ]);
  expect(new Set(outcomes.map(({ events = [] }) => events[0]?.seq)).size).toBe(1);
});

test('another event of the run ends the wait, and is stored after the value', async () => {
  const { conflation, stored } = await startedRun({ intervalMs: 3_600_000 });
  const append = (event: ReportedEvent) =>
    conflation.append({ type: 'report', events: [event] }, REPORTER);
  await append(progress(0));
  const outcomes = await Promise.all([
    append(progress(0.5)),
    append({ type: 'run.succeeded', agent: 'a', run: RUN, data: {} }),
  ]);
  expect(outcomes.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  expect((await stored()).map(([type]) => type)).toEqual([
    'run.progress',
    'run.progress',
    'run.succeeded',
  ]);
});

test('closing stores the waiting values', async () => {
  const { conflation, stored } = await startedRun({ intervalMs: 3_600_000 });
  const append = (value: number) =>
    conflation.append({ type: 'report', events: [progress(value)] }, REPORTER);
  await append(0);
  const waiting = append(0.5);
  conflation.close();
  await waiting;
  expect(await stored()).toHaveLength(2);
});

async function startedRun({ intervalMs = 0 } = {}) {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  const conflation = new Conflation(log, intervalMs);
  onTestFinished(() => conflation.close());
  await register(log, 'a');
  const started = { type: 'run.started', agent: 'a', run: RUN, data: {} };
  await log.append({ type: 'report', events: [started] }, REPORTER);
  const report = async (events: readonly ReportedEvent[]) =>
    (await log.append({ type: 'report', events }, REPORTER)).events ?? [];
  /** Type and data of the events after the start of the run. */
  const stored = async () => {
    const rows = await database.sql<{ type: string; data: object }[]>`
      select type, data from log where seq > 2 order by seq`;
    return rows.map(({ type, data }) => [type, data]);
  };
  return { log, conflation, report, stored };
}

function progress(value: number): ReportedEvent {
  return { type: 'run.progress', agent: 'a', run: RUN, data: { value } };
}

function phase(name: string): ReportedEvent {
  return { type: 'run.phase', agent: 'a', run: RUN, data: { name } };
}
