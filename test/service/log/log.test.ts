import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import type { Command } from '../../../protocol/decide/command.ts';
import { EMPTY_FLEET } from '../../../protocol/fleet/fleet.ts';
import { fold } from '../../../protocol/fleet/fold.ts';
import { readFleet } from '../../../service/log/store.ts';
import { eventually } from '../../support/eventually.ts';
import { uuid } from '../../support/fleet.ts';
import {
  openInstance,
  register,
  REPORTER,
  reportErrors,
  stored,
  testDatabase,
} from '../../support/log.ts';

test('requests of one turn are stored in order, and each is answered with its own events', async () => {
  const { log, told } = await openInstance(await testDatabase());
  await register(log, 'a');
  const outcomes = await Promise.all(
    Array.from({ length: 300 }, () => log.append(reportErrors('a', 3), REPORTER)),
  );
  const seqs = outcomes.flatMap(({ events = [] }) => events.map(({ seq }) => seq));
  expect(seqs).toEqual(Array.from({ length: 900 }, (_, index) => 2 + index));
  expect(told.map(({ seq }) => seq)).toEqual([1, ...seqs]);
});

test('a bad request does not hurt the others of its commit', async () => {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  await register(log, 'a');
  const good = () => log.append(reportErrors('a', 2), REPORTER);
  const bad = () => log.append(reportErrors('nobody', 2), REPORTER);
  const outcomes = await Promise.all([good(), bad(), good(), bad(), good()]);
  expect(outcomes.map(({ problem }) => problem?.type)).toEqual([
    undefined,
    'unknown-agent',
    undefined,
    'unknown-agent',
    undefined,
  ]);
  expect(await stored(database)).toHaveLength(7);
});

test('what the database itself refuses to store hurts nobody else', async () => {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  await register(log, 'a');
  const unstorable = { ...reportErrors('a', 1), events: [{ ...FAR_FUTURE }] } as never;
  const outcomes = await Promise.all([
    log.append(reportErrors('a', 1), REPORTER),
    log.append(unstorable, REPORTER),
    log.append(reportErrors('a', 1), REPORTER),
  ]);
  expect(outcomes.map(({ problem }) => problem?.type)).toEqual([
    undefined,
    'invalid-request',
    undefined,
  ]);
  expect(await stored(database)).toHaveLength(3);
});

test('an id that was stored before is answered with the first event, and with its position', async () => {
  const { log } = await openInstance(await testDatabase());
  await register(log, 'a');
  const ids = [uuidv7(), uuidv7()];
  const first = await log.append(reportErrors('a', 2, ids), REPORTER);
  const again = await log.append(reportErrors('a', 2, ids), REPORTER);
  expect(again.events).toEqual(JSON.parse(JSON.stringify(first.events)));
});

test('a repeated request that also has something new stores just that, and answers in its order', async () => {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  await register(log, 'a');
  const ids = [uuidv7(), uuidv7(), uuidv7()];
  const { events: [middle] = [] } = await log.append(
    { type: 'report', events: [{ ...error(1), id: ids[1] }] },
    REPORTER,
  );
  const whole = await log.append(reportErrors('a', 3, ids), REPORTER);
  expect(whole.events?.map(({ id }) => id)).toEqual(ids);
  expect(whole.events?.[1]?.seq).toBe(middle?.seq);
  expect(await stored(database)).toHaveLength(4);
});

test('an id that was used for something else is refused, and nothing is stored', async () => {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  await register(log, 'a');
  const id = uuidv7();
  await log.append({ type: 'report', events: [{ ...error(0), id }] }, REPORTER);
  const events = [error(5), { ...error(1), id }];
  const { problem } = await log.append({ type: 'report', events }, REPORTER);
  expect(problem?.type).toBe('id-reused');
  expect(await stored(database)).toHaveLength(2);
});

test('the same id twice in one request is refused', async () => {
  const { log } = await openInstance(await testDatabase());
  await register(log, 'a');
  const id = uuidv7();
  const events = [0, 1].map((n) => ({ ...error(n), id }));
  const { problem } = await log.append({ type: 'report', events }, REPORTER);
  expect(problem?.type).toBe('id-reused');
});

test('the stored fleet is the fold of the stored events', async () => {
  const database = await testDatabase();
  const { log, told } = await openInstance(database);
  const run = (n: number) => uuid(900 + n);
  await register(log, 'a');
  await register(log, 'b');
  await log.append({ type: 'connect', runner: 'r', agents: ['a', 'b'], instance: 'i-1' }, REPORTER);
  for (const n of [1, 2, 3]) {
    const life = [
      { type: 'run.started', data: { command: 'true' } },
      { type: 'run.progress', data: { value: 0.5, message: 'half\u0000 \ud800' } },
      { type: 'run.failed', data: { reason: 'exit', message: 'it broke', exitCode: 1 } },
    ];
    const events = life.map((event) => ({ ...event, agent: 'a', run: run(n) }));
    expect(await log.append({ type: 'report', events }, REPORTER)).not.toHaveProperty('problem');
  }
  await log.append({ type: 'remove-agent', agent: 'b' }, REPORTER);
  const { fleet } = await readFleet(database.sql);
  expect(fleet).toEqual(plainJson(fold(EMPTY_FLEET, told)));
  expect(fleet).toEqual(plainJson(log.fleet));
});

test('a run that is in contact again is stored so', async () => {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  const run = uuid(900);
  const begin = [{ type: 'run.started', agent: 'a', run, data: {} }];
  const connect = () =>
    log.append({ type: 'connect', runner: 'r', agents: ['a'], instance: 'i-1' }, REPORTER);
  await register(log, 'a');
  await connect();
  await log.append({ type: 'report', events: begin }, REPORTER);
  const connection = { runner: 'r', generation: 1 };
  await log.append({ type: 'disconnect', connection, reason: 'connection-lost' }, REPORTER);
  expect((await readFleet(database.sql)).fleet.runs[run]).toHaveProperty('lost', true);
  await connect();
  const { fleet } = await readFleet(database.sql);
  expect(fleet.runs[run]).not.toHaveProperty('lost');
  expect(fleet).toEqual(plainJson(log.fleet));
});

test('when more waits than one commit takes, each is told once, in order, before it is answered', async () => {
  const database = await testDatabase();
  const { log, told } = await openInstance(database);
  const other = await openInstance(database);
  await register(log, 'a');
  const toldWhenAnswered = async (command: Command) => {
    const outcome = await log.append(command, REPORTER);
    return { outcome, toldSeq: told.at(-1)?.seq ?? 0 };
  };
  const twice = reportErrors('a', 1, [uuid(1)]);
  const requests = [
    // several full commits, then one with nothing to store, and what is refused or repeated in between
    ...Array.from({ length: 25 }, () => reportErrors('a', 100)),
    twice,
    ...Array.from({ length: 600 }, () => SAME_AGENT),
    twice,
    reportErrors('nobody', 1),
    ...Array.from({ length: 25 }, () => reportErrors('a', 100)),
  ];
  const elsewhere = Array.from({ length: 20 }, () =>
    other.log.append(reportErrors('a', 10), REPORTER),
  );
  const answers = await Promise.all(requests.map(toldWhenAnswered));
  await Promise.all(elsewhere);
  await log.refresh();

  const expected = 1 + 50 * 100 + 1 + 20 * 10;
  expect(told.map(({ seq }) => seq)).toEqual(
    Array.from({ length: expected }, (_, index) => index + 1),
  );
  expect(await stored(database)).toHaveLength(expected);
  for (const { outcome, toldSeq } of answers) {
    for (const { seq } of outcome.events ?? []) expect(toldSeq).toBeGreaterThanOrEqual(seq);
  }
  const problems = answers.map(({ outcome }) => outcome.problem?.type);
  expect(problems.filter((type) => type !== undefined)).toEqual(['unknown-agent']);
  const [first, again] = answers.filter((_, index) => requests[index] === twice);
  expect(first?.outcome.events).toEqual(again?.outcome.events);
});

test('while listeners pass on what they are told commits go on, and are answered in order once that is done', async () => {
  const database = await testDatabase();
  const { log, close } = await openInstance(database);
  await register(log, 'a');
  const passing: (() => void)[] = [];
  log.listen(() => new Promise((resolve) => passing.push(resolve)));
  const answered: string[] = [];
  const report = async (name: string) => {
    await log.append(reportErrors('a', 1), REPORTER);
    answered.push(name);
  };
  const first = report('first');
  await eventually(() => passing.length === 1, 'the first commit to be told');
  const second = report('second');
  await eventually(() => passing.length === 2, 'the second');
  expect(await stored(database)).toHaveLength(3);
  passing[1]?.();
  expect(answered).toEqual([]);
  const closed = close();
  passing[0]?.();
  await Promise.all([first, second, closed]);
  expect(answered).toEqual(['first', 'second']);
});

test('what waits for another commit is decided on everything before it', async () => {
  const database = await testDatabase();
  const { log, told } = await openInstance(database);
  await register(log, 'a');
  const fillsCommit = Array.from({ length: 15 }, () => reportErrors('a', 100));
  const about = (type: string): Command => ({
    type: 'report',
    events: [{ type, agent: 'b', run: uuid(1), data: {} }],
  });
  const profile = { name: 'B', capabilities: [] };
  const requests: Command[] = [
    ...fillsCommit,
    { type: 'register-agent', agent: 'b', profile },
    ...fillsCommit,
    about('run.started'),
    ...fillsCommit,
    about('run.succeeded'),
    ...fillsCommit,
    about('run.succeeded'),
  ];
  const outcomes = await Promise.all(requests.map((request) => log.append(request, REPORTER)));
  const problems = outcomes.map(({ problem }) => problem?.type);
  expect(problems.filter((type) => type !== undefined)).toEqual(['run-finished']);
  expect(problems.at(-1)).toBe('run-finished');
  const rows = await stored(database);
  expect(rows).toHaveLength(1 + 4 * 1_500 + 3);
  expect(told.map(({ seq, id }) => ({ seq, id }))).toEqual(rows);
  expect((await readFleet(database.sql)).fleet).toEqual(plainJson(log.fleet));
});

test('closing answers what was accepted, and refuses what comes later', async () => {
  const database = await testDatabase();
  const { log, close } = await openInstance(database);
  await register(log, 'a');
  const accepted = Array.from({ length: 50 }, () => log.append(reportErrors('a', 1), REPORTER));
  const closing = close();
  const { problem } = await log.append(reportErrors('a', 1), REPORTER);
  expect(problem).toMatchObject({ type: 'unavailable', retryAfterS: 1 });
  for (const outcome of await Promise.all(accepted)) expect(outcome.events).toHaveLength(1);
  await closing;
  expect(await stored(database)).toHaveLength(51);
});

function error(n: number) {
  return { type: 'error.reported', agent: 'a', data: { message: `error ${n}` } };
}

/** What is so already: nothing follows from it. */
const SAME_AGENT: Command = {
  type: 'register-agent',
  agent: 'a',
  profile: { name: 'a', capabilities: [] },
};

/** Valid for JavaScript and not for PostgreSQL, whose text has a smaller alphabet of ids. */
const FAR_FUTURE = {
  type: 'error.reported',
  agent: 'a',
  run: 'not-a-uuid',
  data: { message: 'x' },
};

/** As it is after the way over JSON, which leaves `undefined` out. */
function plainJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
