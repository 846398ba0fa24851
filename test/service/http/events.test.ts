import { randomUUID } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import type { Answer } from './request.ts';
import { jsonOf } from './request.ts';
import { connectRunner } from './runner.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
  await hub.register('a');
});
afterAll(() => hub.close());

const post = (events: readonly object[], rest: object = {}): Promise<Answer> =>
  hub.send('POST', '/v1/events', { body: { events, ...rest } });

const started = (run: string) => ({ type: 'run.started', agent: 'a', run });
const phase = (run: string, name: string, rest: object = {}) => ({
  type: 'run.phase',
  agent: 'a',
  run,
  data: { name },
  ...rest,
});

async function eventsOf(run: string): Promise<LogEvent[]> {
  return (await hub.history()).filter((event) => event.run === run);
}

/** A run that is under way. */
async function begin(): Promise<string> {
  const run = randomUUID();
  await hub.report([started(run)]);
  return run;
}

const wrong = [
  [
    'an unknown type',
    400,
    'invalid-request',
    (run: string) => ({ type: 'run.flew', agent: 'a', run }),
  ],
  [
    'a type of the service',
    400,
    'invalid-request',
    (run: string) => ({ type: 'run.lost', agent: 'a', run }),
  ],
  [
    'an inherited name as its type',
    400,
    'invalid-request',
    () => ({ type: 'constructor', agent: 'a' }),
  ],
  ['no run', 400, 'invalid-request', () => ({ type: 'run.started', agent: 'a' })],
  ['wrong data', 400, 'invalid-request', (run: string) => phase(run, '', { data: { name: 1 } })],
  [
    'unknown data',
    400,
    'invalid-request',
    (run: string) => phase(run, '', { data: { name: 'x', at: 1 } }),
  ],
  ['too much text', 400, 'invalid-request', (run: string) => phase(run, 'x'.repeat(121))],
  [
    'an unknown agent',
    404,
    'unknown-agent',
    (run: string) => ({ ...phase(run, 'x'), agent: 'nobody' }),
  ],
  ['an unknown run', 404, 'unknown-run', () => phase(randomUUID(), 'x')],
  ['a run that has begun', 409, 'illegal-transition', (run: string) => started(run)],
] as const;

test.each(wrong)(
  'one event with %s refuses all, and says which it was',
  async (_what, status, type, make) => {
    const run = await begin();
    const answer = await post([phase(run, 'one'), phase(run, 'two'), make(run), phase(run, 'x')]);
    expect(answer.status).toBe(status);
    expect(jsonOf(answer)).toMatchObject({ type: `/problems/${type}`, index: 2 });
    expect((jsonOf(answer) as { detail: string }).detail).toMatch(/^Event 2 .* Nothing of this/s);
    expect((await eventsOf(run)).map((event) => event.type)).toEqual(['run.started']);
  },
);

test('an agent’s run is its own, also when the fleet holds only newer ones', async () => {
  await hub.register('b');
  const run = await begin();
  const theirs = { type: 'run.output', agent: 'b', run, data: { stream: 'stdout', text: 'x' } };
  const refused = { status: 400, index: 1 };
  const answerTo = async () => {
    const answer = await post([
      { type: 'error.reported', agent: 'b', data: { message: 'x' } },
      theirs,
    ]);
    return { status: answer.status, index: (jsonOf(answer) as { index: number }).index };
  };
  expect(await answerTo()).toEqual(refused);
  await hub.report([{ type: 'run.succeeded', agent: 'a', run }]);
  const newer = await begin();
  await hub.report([{ type: 'run.succeeded', agent: 'a', run: newer }]);
  expect((await hub.fleet()).runs).not.toHaveProperty([run]);
  expect(await answerTo()).toEqual(refused);
});

test('nothing revives a finished run, not even in the request that finishes it', async () => {
  const run = await begin();
  const together = await post([
    { type: 'run.succeeded', agent: 'a', run },
    { type: 'run.failed', agent: 'a', run, data: { reason: 'exit', message: '' } },
  ]);
  expect(together.status).toBe(409);
  expect(jsonOf(together)).toMatchObject({ type: '/problems/run-finished', index: 1 });
  await hub.report([{ type: 'run.succeeded', agent: 'a', run }]);
  for (const late of [
    started(run),
    phase(run, 'late'),
    { type: 'run.cancelled', agent: 'a', run },
  ]) {
    const answer = await post([late]);
    expect([answer.status, jsonOf(answer)]).toMatchObject([409, { run, index: 0 }]);
  }
});

test('a run that the fleet has let go of can not begin anew', async () => {
  const run = await begin();
  await hub.report([{ type: 'run.succeeded', agent: 'a', run }]);
  const next = await begin();
  await hub.report([{ type: 'run.succeeded', agent: 'a', run: next }]);
  expect((await hub.fleet()).runs).not.toHaveProperty(run);
  const answer = await post([started(run)]);
  expect(answer.status).toBe(409);
  expect(jsonOf(answer)).toMatchObject({ type: '/problems/run-finished', index: 0 });
});

test('ids are answered in the order of the request, given ones as they came', async () => {
  const run = await begin();
  const ids = [uuidv7(), uuidv7(), uuidv7()];
  const answers = await hub.report([
    phase(run, 'a', { id: ids[2] }),
    phase(run, 'b'),
    phase(run, 'c', { id: ids[0]?.toUpperCase() }),
    phase(run, 'd', { id: ids[1] }),
  ]);
  expect([answers[0]?.id, answers[2]?.id, answers[3]?.id]).toEqual([ids[2], ids[0], ids[1]]);
  const seqs = answers.map(({ seq }) => seq);
  expect(seqs).toEqual([0, 1, 2, 3].map((index) => (seqs[0] ?? 0) + index));
  const stored = (await eventsOf(run)).slice(1);
  expect(stored.map(({ id }) => id)).toEqual(answers.map(({ id }) => id));
  expect(stored.map(({ data }) => data)).toEqual(['a', 'b', 'c', 'd'].map((name) => ({ name })));
});

test('the same id twice is one event, with the first answer, mixed with new ones or at once', async () => {
  const run = await begin();
  const [one, two, three] = [uuidv7(), uuidv7(), uuidv7()].map((id) => phase(run, id, { id }));
  const first = await hub.report([one, two] as object[]);
  expect(await hub.report([one, two] as object[])).toEqual(first);
  const mixed = await hub.report([two, three, one] as object[]);
  expect([mixed[0], mixed[2]]).toEqual([first[1], first[0]]);
  const again = await Promise.all(Array.from({ length: 20 }, () => hub.report([three as object])));
  expect(new Set(again.map(([answer]) => answer?.seq))).toEqual(new Set([mixed[1]?.seq]));
  expect(await eventsOf(run)).toHaveLength(4);
});

test('an id can not be used again for something else', async () => {
  const run = await begin();
  const id = uuidv7();
  await hub.report([phase(run, 'x', { id })]);
  const others = [
    phase(run, 'y', { id }),
    { type: 'run.progress', agent: 'a', run, id },
    phase(await begin(), 'x', { id }),
  ];
  for (const other of others) {
    const answer = await post([other]);
    expect([answer.status, answer.text]).toEqual([409, expect.stringContaining(id)]);
  }
  const fresh = uuidv7();
  const twice = await post([phase(run, 'x', { id: fresh }), phase(run, 'z', { id: fresh })]);
  expect(twice.status).toBe(409);
  expect(await eventsOf(run)).toHaveLength(2);
});

test('reports of a connection that has been replaced are refused', async () => {
  await hub.register('fenced');
  const run = randomUUID();
  const old = await connectRunner(hub, 'r-fenced', ['fenced']);
  const event = { type: 'run.started', agent: 'fenced', run };
  const now = await connectRunner(hub, 'r-fenced', ['fenced']);
  const other = { runner: 'r-other', generation: now.connection.generation };
  for (const connection of [old.connection, other]) {
    const answer = await post([event], { connection });
    expect(answer.status).toBe(409);
    expect(jsonOf(answer)).toMatchObject({ type: '/problems/stale-connection', index: 0 });
  }
  expect((await post([event], { connection: now.connection })).status).toBe(200);
});

test('what happened in the future happens now, and the past stays the past', async () => {
  const run = await begin();
  const beforeMs = Date.now();
  await hub.report([
    phase(run, 'future', { time: '2999-01-01T00:00:00Z' }),
    phase(run, 'past', { time: '2001-02-03T04:05:06.789123Z' }),
  ]);
  const [, future, past] = await eventsOf(run);
  const futureMs = new Date(future?.time ?? 0).getTime();
  expect(futureMs).toBeGreaterThanOrEqual(beforeMs);
  expect(futureMs).toBeLessThanOrEqual(Date.now());
  expect(new Date(past?.time ?? 0).toISOString()).toBe('2001-02-03T04:05:06.789Z');
});

test.each([
  ['NUL', 'a\u0000b'],
  ['a lone high surrogate', 'a\ud800b'],
  ['a lone low surrogate', '\udc00'],
  ['line breaks that would end a message', 'a\n\ndata: {}\r\n\r\nid: x\u2028\u2029'],
  ['an escape that looks like one', '\\u0000 \\ud800'],
  ['emoji and composed letters', '👩‍🚀 é e\u0301 \ufeff'],
])('%s in text arrives as it was sent, live and after a restart', async (_what, text) => {
  const run = await begin();
  const path = `/v1/stream?run=${run}`;
  const live = await hub.stream(path);
  const { cursor } = await live.snapshot();
  await hub.report([
    { type: 'run.output', agent: 'a', run, data: { stream: 'stdout', text } },
    phase(run, text.slice(0, 100)),
    { type: 'error.reported', agent: 'a', run, data: { message: text } },
  ]);
  expect((await live.event('run.output')).data).toEqual({ stream: 'stdout', text });
  expect((await live.event('error.reported')).data).toEqual({ message: text });
  await hub.stop();
  await hub.start();
  const replayed = await hub.stream(`${path}&once=1`, { cursor });
  await replayed.ended;
  expect(replayed.events()).toEqual(live.events());
  const fleet = await hub.fleet();
  expect(fleet.runs[run]?.phase).toBe(text.slice(0, 100));
  expect(fleet.agents['a']?.lastError?.message).toBe(text);
});

test('a thousand events go in one request, in order, and one more does not', async () => {
  const run = await begin();
  const events = Array.from({ length: 1_000 }, (_, index) => phase(run, `phase ${index}`));
  const answers = await hub.report(events);
  const firstSeq = answers[0]?.seq ?? 0;
  expect(answers.map(({ seq }) => seq)).toEqual(events.map((_, index) => firstSeq + index));
  const stored = await eventsOf(run);
  expect(stored.slice(1).map(({ data }) => data)).toEqual(events.map(({ data }) => data));

  const answer = await post([...events, phase(run, 'one too many')]);
  expect(answer.status).toBe(400);
  expect((jsonOf(answer) as { detail: string }).detail).toContain('1000');
  expect(await eventsOf(run)).toHaveLength(1_001);
});
