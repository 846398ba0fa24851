/** Queueing, pausing, repeating and parameters, as they are asked for over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { Run } from '../../../protocol/fleet/fleet.ts';
import type { RunAnswer } from '../../../protocol/wire/messages.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import { jsonOf } from './request.ts';
import { connectRunner } from './runner.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
});
afterAll(() => hub.close());

async function host(id: string, profile: object = {}) {
  await hub.register(id, profile);
  return connectRunner(hub, `r-${id}`, [id]);
}

const ask = async (agent: string, body: object): Promise<Run> =>
  (await hub.expect<RunAnswer>(202, 'POST', `/v1/agents/${agent}/runs`, { body })).run;
const steer = async (run: string, what: string, body?: object): Promise<Run> =>
  (await hub.expect<RunAnswer>(202, 'POST', `/v1/runs/${run}/${what}`, { body })).run;

test('a queued run is offered to the runner when the one before it has ended', async () => {
  const runner = await host('queue');
  const first = await ask('queue', {});
  await runner.stream.event('run.requested');
  const second = await ask('queue', { queue: true, prompt: 'next' });
  expect(second.status).toBe('queued');
  await hub.report([
    { type: 'run.started', agent: 'queue', run: first.id },
    { type: 'run.succeeded', agent: 'queue', run: first.id },
  ]);
  const isSecond = ({ run }: LogEvent) => run === second.id;
  expect((await runner.stream.event('run.requested', isSecond)).data).toEqual({ prompt: 'next' });
});

test('a report is answered with its own events alone, whatever follows from them', async () => {
  await host('follow');
  const first = await ask('follow', {});
  await ask('follow', { queue: true });
  const answers = await hub.report([
    { type: 'run.started', agent: 'follow', run: first.id },
    { type: 'run.succeeded', agent: 'follow', run: first.id },
  ]);
  expect(answers).toHaveLength(2);
});

test('pausing reaches the runner by its stream and by its heartbeat, and is confirmed by it', async () => {
  const runner = await host('pausing');
  const { id } = await ask('pausing', {});
  await hub.report([{ type: 'run.started', agent: 'pausing', run: id }]);
  expect(await steer(id, 'pause')).toMatchObject({
    controlRequest: { kind: 'pause', by: 'owner' },
  });
  expect((await runner.stream.event('run.pause_requested')).run).toBe(id);
  expect(jsonOf(await runner.heartbeat())).toMatchObject({ commands: { pause: [id], resume: [] } });
  await hub.report([{ type: 'run.paused', agent: 'pausing', run: id }]);
  await steer(id, 'resume');
  expect((await runner.stream.event('run.resume_requested')).run).toBe(id);
  await hub.report([{ type: 'run.resumed', agent: 'pausing', run: id }]);
  expect(
    (await hub.whenRun(id, ({ status }) => status === 'running')).controlRequest,
  ).toBeUndefined();
});

describe('repeating', () => {
  test('asks for the same, and says of what it is the repetition', async () => {
    await host('again');
    const { id } = await ask('again', { prompt: 'x', params: { a: 1 }, timeoutMs: 5_000 });
    await hub.report([{ type: 'run.failed', agent: 'again', run: id, data: FAILURE }]);
    const again = await steer(id, 'retry');
    expect(again).toMatchObject({
      agent: 'again',
      status: 'requested',
      prompt: 'x',
      params: { a: 1 },
      timeoutMs: 5_000,
      retryOf: id,
    });
    expect(again.id).not.toBe(id);
  });

  test('what still goes on is refused', async () => {
    await host('still');
    const { id } = await ask('still', {});
    const answer = await hub.send('POST', `/v1/runs/${id}/retry`);
    expect(jsonOf(answer)).toMatchObject({ type: '/problems/illegal-transition' });
  });
});

const FAILURE = { reason: 'exit', message: 'Oh.' };

describe('parameters', () => {
  const parameters = {
    type: 'object',
    properties: {
      environment: { enum: ['staging', 'production'] },
      retries: { type: 'integer', minimum: 0 },
    },
    required: ['environment'],
    additionalProperties: false,
  };

  test.each<[string, object | undefined, RegExp | undefined]>([
    ['that fit', { environment: 'staging', retries: 2 }, undefined],
    ['that miss one', { retries: 2 }, /environment/],
    ['of another type', { environment: 'staging', retries: 'two' }, /retries/],
    ['out of range', { environment: 'staging', retries: -1 }, /retries/],
    ['that nobody knows', { environment: 'staging', color: 'red' }, /color/],
    ['left out, though one is needed', undefined, /environment/],
  ])('%s', async (what, params, refusal) => {
    const id = `params-${what.length}`;
    await host(id, { parameters });
    const answer = await hub.send('POST', `/v1/agents/${id}/runs`, { body: { params } });
    if (!refusal) {
      expect(answer.status).toBe(202);
      return;
    }
    expect(answer.status).toBe(400);
    expect((jsonOf(answer) as { detail: string }).detail).toMatch(refusal);
    expect(await hub.sql`select id from runs where agent = ${id}`).toHaveLength(0);
  });

  test.each([
    [{ type: 'object', properties: { a: { pattern: '(a+)+$' } } }, /"pattern" is not accepted/],
    [{ type: 'array' }, /parameters/],
  ])('a schema that could do harm, or is none, is refused: %j', async (schema, detail) => {
    const body = { name: 'N', parameters: schema };
    const answer = await hub.send('PUT', '/v1/agents/harmful', { body });
    expect(answer.status).toBe(400);
    expect((jsonOf(answer) as { detail: string }).detail).toMatch(detail);
  });
});
