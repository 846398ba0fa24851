import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import type { Command } from '../../../protocol/decide/command.ts';
import { EMPTY_FLEET } from '../../../protocol/fleet/fleet.ts';
import { fold } from '../../../protocol/fleet/fold.ts';
import { readFleet } from '../../../service/log/store.ts';
import { uuid } from '../../support/fleet.ts';
import {
  openInstance,
  register,
  REPORTER,
  reportErrors,
  stored,
  testDatabase,
} from '../../support/log.ts';

test('simultaneous requests are stored in order, and each is answered with its own events', async () => {
  const { log, published } = await openInstance(await testDatabase());
  await register(log, 'a');
  const outcomes = await Promise.all(
    Array.from({ length: 300 }, () => log.append(reportErrors('a', 3), REPORTER)),
  );
  const seqs = outcomes.flatMap(({ events = [] }) => events.map(({ seq }) => seq));
  expect(seqs).toEqual(Array.from({ length: 900 }, (_, index) => 2 + index));
  expect(published.map(({ seq }) => seq)).toEqual([1, ...seqs]);
});

test('a refused request does not affect the others of its batch', async () => {
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

test('a value that the database refuses does not affect the other requests of its batch', async () => {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  await register(log, 'a');
  const unstorable = { type: 'report', events: [NOT_A_UUID] } as const;
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

test('a repeated event is answered with the first one and its position', async () => {
  const { log } = await openInstance(await testDatabase());
  await register(log, 'a');
  const ids = [uuidv7(), uuidv7()];
  const first = await log.append(reportErrors('a', 2, ids), REPORTER);
  const again = await log.append(reportErrors('a', 2, ids), REPORTER);
  expect(again.events).toEqual(JSON.parse(JSON.stringify(first.events)));
});

test('of a request that repeats some events only the new ones are stored, and it is answered in its order', async () => {
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

test('an id that was used for another event is refused, and nothing is stored', async () => {
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
  const { log, published } = await openInstance(database);
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
  expect(fleet).toEqual(plainJson(fold(EMPTY_FLEET, published)));
  expect(fleet).toEqual(plainJson(log.fleet));
});

test('a run whose runner is back is stored as no longer lost', async () => {
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

test('requests for several commits are each published once, in order, before they are answered', async () => {
  const database = await testDatabase();
  const { log, published } = await openInstance(database);
  const other = await openInstance(database);
  await register(log, 'a');
  const appendAndLook = async (command: Command) => {
    const outcome = await log.append(command, REPORTER);
    return { outcome, publishedSeq: published.at(-1)?.seq ?? 0 };
  };
  const twice = reportErrors('a', 1, [uuid(1)]);
  const requests = [
    // several full commits, one with nothing to store, and refused and repeated requests in between
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
  const answers = await Promise.all(requests.map(appendAndLook));
  await Promise.all(elsewhere);
  await log.refresh();

  const expected = 1 + 50 * 100 + 1 + 20 * 10;
  expect(published.map(({ seq }) => seq)).toEqual(
    Array.from({ length: expected }, (_, index) => index + 1),
  );
  expect(await stored(database)).toHaveLength(expected);
  for (const { outcome, publishedSeq } of answers) {
    for (const { seq } of outcome.events ?? []) expect(publishedSeq).toBeGreaterThanOrEqual(seq);
  }
  const problems = answers.map(({ outcome }) => outcome.problem?.type);
  expect(problems.filter((type) => type !== undefined)).toEqual(['unknown-agent']);
  const [first, again] = answers.filter((_, index) => requests[index] === twice);
  expect(first?.outcome.events).toEqual(again?.outcome.events);
});

test('a request is answered after its commit, whatever the listeners do', async () => {
  const database = await testDatabase();
  const { log } = await openInstance(database);
  await register(log, 'a');
  const order: string[] = [];
  log.listen(() => {
    order.push('published');
    setImmediate(() => order.push('passed on'));
  });
  await log.append(reportErrors('a', 1), REPORTER);
  order.push('answered');
  await new Promise(setImmediate);
  expect(order).toEqual(['published', 'answered', 'passed on']);
});

test('a request of a later commit is decided on everything before it', async () => {
  const database = await testDatabase();
  const { log, published } = await openInstance(database);
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
  expect(published.map(({ seq, id }) => ({ seq, id }))).toEqual(rows);
  expect((await readFleet(database.sql)).fleet).toEqual(plainJson(log.fleet));
});

test('closing answers the waiting requests, and refuses later ones', async () => {
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

/** Changes nothing. */
const SAME_AGENT: Command = {
  type: 'register-agent',
  agent: 'a',
  profile: { name: 'a', capabilities: [] },
};

/** Accepted by the decision, and refused by PostgreSQL. */
const NOT_A_UUID = {
  type: 'error.reported',
  agent: 'a',
  run: 'not-a-uuid',
  data: { message: 'x' },
};

/** As JSON has it, without `undefined`. */
function plainJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
