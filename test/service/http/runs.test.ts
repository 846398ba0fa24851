import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Run } from '../../../protocol/fleet/fleet.ts';
import type { RunAnswer } from '../../../protocol/wire/messages.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import type { Answer } from './request.ts';
import { jsonOf } from './request.ts';
import type { TestRunner } from './runner.ts';
import { connectRunner } from './runner.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
});
afterAll(() => hub.close());

/** A new agent whose runner is connected. */
async function host(id: string, profile: object = {}): Promise<TestRunner> {
  await hub.register(id, profile);
  return connectRunner(hub, `r-${id}`, [id]);
}

const ask = (agent: string, body?: object, key?: string): Promise<Answer> =>
  hub.send('POST', `/v1/agents/${agent}/runs`, {
    body,
    ...(key !== undefined && { headers: { 'Idempotency-Key': key } }),
  });
const runOf = (answer: Answer): Run => (jsonOf(answer) as RunAnswer).run;
const typeOf = (answer: Answer) => (jsonOf(answer) as { type: string }).type;
const runsOf = (agent: string) => hub.sql`select id from runs where agent = ${agent}`;

test('a request is answered at once with the run, and the same fact is on all streams', async () => {
  const runner = await host('at-once');
  const watching = await hub.stream('/v1/stream?agent=at-once');
  await watching.snapshot();
  const answer = await ask('at-once', { prompt: 'Fix it.', params: { depth: [1, { a: null }] } });
  expect(answer.status).toBe(202);
  const run = runOf(answer);
  expect(run).toMatchObject({
    agent: 'at-once',
    status: 'requested',
    requestedBy: 'owner',
    prompt: 'Fix it.',
    params: { depth: [1, { a: null }] },
  });
  for (const stream of [watching, runner.stream]) {
    expect(await stream.event('run.requested')).toMatchObject({
      seq: run.seq,
      run: run.id,
      agent: 'at-once',
      time: run.requestedAt,
      actor: 'owner',
      data: { prompt: 'Fix it.', params: { depth: [1, { a: null }] } },
    });
  }
  expect(await hub.expect(200, 'GET', `/v1/runs/${run.id}`)).toEqual({ run });
});

test('a request needs no body', async () => {
  await host('bodiless');
  expect((await ask('bodiless')).status).toBe(202);
});

test('of a hundred who ask at once, one gets the run and the others hear that it runs', async () => {
  await host('wanted');
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask('wanted', {})));
  const [accepted, ...others] = answers.toSorted((a, b) => a.status - b.status);
  expect(accepted?.status).toBe(202);
  const { id } = runOf(accepted as Answer);
  for (const other of others) {
    expect(other.status).toBe(409);
    expect(jsonOf(other)).toMatchObject({ type: '/problems/already-running', run: id });
  }
  expect(await runsOf('wanted')).toEqual([{ id }]);
});

test('the same key twice is one run and the same answer', async () => {
  await host('keyed');
  const first = await ask('keyed', { params: { a: 1, b: 2 } }, 'key-1');
  const second = await ask('keyed', { params: { b: 2, a: 1 } }, 'key-1');
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.text).toBe(first.text);
  expect(await runsOf('keyed')).toHaveLength(1);
});

test('the same key a hundred times at once is one run', async () => {
  await host('keyed-crowd');
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => ask('keyed-crowd', { prompt: 'x' }, 'key-crowd')),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(new Set(answers.map((answer) => runOf(answer).id)).size).toBe(1);
  expect(await runsOf('keyed-crowd')).toHaveLength(1);
});

test('a key is good for its request alone, also when the run is over and the runner gone', async () => {
  const runner = await host('key-late');
  await host('key-other');
  const { id } = runOf(await ask('key-late', { prompt: 'x' }, 'key-2'));
  for (const [agent, body] of [
    ['key-late', { prompt: 'y' }],
    ['key-late', {}],
    ['key-other', { prompt: 'x' }],
  ] as const) {
    const answer = await ask(agent, body, 'key-2');
    expect([answer.status, typeOf(answer)]).toEqual([409, '/problems/id-reused']);
  }
  await hub.report([{ type: 'run.cancelled', agent: 'key-late', run: id }]);
  await runner.goodbye();
  const late = await ask('key-late', { prompt: 'x' }, 'key-2');
  expect(late.status).toBe(202);
  expect(runOf(late)).toMatchObject({ id, status: 'cancelled' });
});

test('the keys of one user are not those of another', async () => {
  const bob = await hub.token('bob', ['operate', 'report', 'read']);
  await host('key-owner');
  await hub.register('key-bob', {}, bob);
  await connectRunner(hub, 'r-key-bob', ['key-bob'], { token: bob });
  const mine = runOf(await ask('key-owner', {}, 'key-3'));
  const his = await hub.expect<RunAnswer>(202, 'POST', '/v1/agents/key-bob/runs', {
    token: bob,
    body: {},
    headers: { 'Idempotency-Key': 'key-3' },
  });
  expect(his.run.id).not.toBe(mine.id);
});

test('a wish to cancel is accepted, told to the runner, and told once', async () => {
  const runner = await host('cancelled');
  const { id } = runOf(await ask('cancelled', {}));
  await hub.report([{ type: 'run.started', agent: 'cancelled', run: id }]);
  const path = `/v1/runs/${id}/cancel`;
  const { run } = await hub.expect<RunAnswer>(202, 'POST', path);
  expect(run).toMatchObject({ status: 'running', cancelRequestedBy: 'owner' });
  expect((await hub.expect<RunAnswer>(202, 'POST', path)).run).toEqual(run);
  expect((await runner.stream.event('run.cancel_requested')).run).toBe(id);
  expect(jsonOf(await runner.heartbeat())).toMatchObject({ commands: { cancel: [id] } });

  await hub.report([{ type: 'run.cancelled', agent: 'cancelled', run: id }]);
  expect(jsonOf(await runner.heartbeat())).toMatchObject({ commands: { cancel: [] } });
  const late = await hub.send('POST', path);
  expect([late.status, typeOf(late)]).toEqual([409, '/problems/run-finished']);
  const types = (await hub.history()).filter(({ run: of }) => of === id).map(({ type }) => type);
  expect(types.filter((type) => type === 'run.cancel_requested')).toHaveLength(1);
});

test('a run that has long been over is still there to read, and can not be cancelled', async () => {
  await hub.register('history');
  const ids = Array.from({ length: 15 }, () => randomUUID());
  for (const run of ids) {
    await hub.report([
      { type: 'run.started', agent: 'history', run },
      { type: 'run.failed', agent: 'history', run, data: { reason: 'exit', message: 'Oh.' } },
    ]);
  }
  const [oldest = ''] = ids;
  expect((await hub.fleet()).runs).not.toHaveProperty(oldest);
  const { run } = await hub.expect<RunAnswer>(200, 'GET', `/v1/runs/${oldest.toUpperCase()}`);
  expect(run).toMatchObject({ id: oldest, status: 'failed', failure: { reason: 'exit' } });
  const answer = await hub.send('POST', `/v1/runs/${oldest}/cancel`);
  expect([answer.status, typeOf(answer)]).toEqual([409, '/problems/run-finished']);
});

test('a run of one user may be read by another, not cancelled', async () => {
  const bob = await hub.token('bob', ['read', 'operate']);
  await host('private');
  const { id } = runOf(await ask('private', {}));
  expect((await hub.expect<RunAnswer>(200, 'GET', `/v1/runs/${id}`, { token: bob })).run.id).toBe(
    id,
  );
  await hub.expect(403, 'POST', `/v1/runs/${id}/cancel`, { token: bob });
});
