import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Hub } from '../http/hub.ts';
import { openHub, OWNER_TOKEN, startHub } from '../http/hub.ts';
import type { StreamReader } from '../http/stream-reader.ts';
import { connectRunner } from '../http/runner.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub({
    AGENTLIGHT_HEARTBEAT_MS: '100',
    AGENTLIGHT_DISCONNECT_GRACE_MS: '200',
  });
});
afterAll(() => hub.close());

async function connectionsOf(agent: string): Promise<string[]> {
  const events = await hub.history();
  return events.flatMap((event) => {
    if (event.agent !== agent) return [];
    if (event.type === 'agent.connected') return [`connected ${event.data.generation}`];
    if (event.type === 'agent.disconnected')
      return [`${event.data.reason} ${event.data.generation}`];
    return [];
  });
}

const heartbeats = (stream: StreamReader) => stream.text().split(': heartbeat').length - 1;

test.each([
  ['goodbye', 'offline'],
  ['ended', 'ended'],
] as const)(
  'after "%s" the agent is %s before the response, and the stream ends',
  async (reason, liveness) => {
    const id = `leaves-${reason}`;
    await hub.register(id);
    const runner = await connectRunner(hub, `r-${id}`, [id]);
    const answer = await runner.goodbye(reason);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await hub.fleet()).agents[id]).toMatchObject({ liveness, offlineReason: reason });
    expect(await runner.stream.bye()).toEqual({ reason: 'left', retryMs: 0 });
    await runner.stream.ended;
    expect((await runner.goodbye(reason)).status).toBe(409);
    expect((await runner.heartbeat()).status).toBe(409);
    expect(await connectionsOf(id)).toEqual(['connected 1', `${reason} 1`]);
  },
);

test('a closed socket takes all agents of the runner offline within the grace period and a second', async () => {
  for (const id of ['lost-1', 'lost-2']) await hub.register(id);
  const { stream } = await connectRunner(hub, 'r-lost', ['lost-1', 'lost-2']);
  const beganAtMs = performance.now();
  stream.close();
  for (const id of ['lost-1', 'lost-2']) {
    expect((await hub.whenAgent(id, 'offline')).offlineReason).toBe('connection-lost');
  }
  expect(performance.now() - beganAtMs).toBeLessThan(1_200);
  expect(await connectionsOf('lost-1')).toEqual(['connected 1', 'connection-lost 1']);
});

test('a connection that breaks while it opens is noticed', async () => {
  await hub.register('hasty');
  const asked = request(`${hub.url}/v1/runners/r-hasty/commands?agent=hasty`, {
    agent: false,
    headers: { Authorization: `Bearer ${OWNER_TOKEN}` },
  });
  asked.on('error', () => {});
  asked.end(() => setImmediate(() => asked.destroy()));
  await eventually(async () => {
    const made = await connectionsOf('hasty');
    return made.length !== 1;
  }, 'no connection, or a connection and its end');
});

test('a runner that reconnects within the grace period was never offline', async () => {
  await hub.register('quick');
  const first = await connectRunner(hub, 'r-quick', ['quick']);
  first.stream.close();
  const second = await connectRunner(hub, 'r-quick', ['quick'], { cursor: first.stream.cursor() });
  expect((await second.stream.hello()).resumed).toBe(true);
  // longer than the grace period
  await eventually(() => heartbeats(second.stream) >= 5, 'heartbeats');
  expect(await connectionsOf('quick')).toEqual(['connected 1', 'connected 2']);
  expect((await hub.fleet()).agents['quick']?.liveness).toBe('live');
});

test('a run that is requested during the grace period reaches the runner when it reconnects', async () => {
  await hub.register('missed');
  const first = await connectRunner(hub, 'r-missed', ['missed']);
  await first.stream.snapshot();
  first.stream.close();
  const { run } = await hub.expect<{ run: { id: string } }>(202, 'POST', '/v1/agents/missed/runs');
  const second = await connectRunner(hub, 'r-missed', ['missed'], {
    cursor: first.stream.cursor(),
  });
  expect((await second.stream.event('run.requested')).run).toBe(run.id);
  expect(second.stream.names()).toEqual(['hello', 'run.requested']);
});

test('a runner receives only commands for its own agents', async () => {
  for (const id of ['own', 'not-own']) await hub.register(id);
  const runner = await connectRunner(hub, 'r-own', ['own']);
  const { fleet } = await runner.stream.snapshot();
  expect(Object.keys(fleet.agents)).toEqual(['own']);
  await connectRunner(hub, 'r-not-own', ['not-own']);
  await hub.expect(202, 'POST', '/v1/agents/not-own/runs');
  await hub.expect(202, 'POST', '/v1/agents/own/runs');
  await runner.stream.event('run.requested');
  expect(runner.stream.names()).toEqual(['hello', 'snapshot', 'run.requested']);
});

test('a newer connection replaces the older one, whose stream ends and whose reports are refused', async () => {
  await hub.register('twice');
  const older = await connectRunner(hub, 'r-twice', ['twice']);
  const newer = await connectRunner(hub, 'r-twice', ['twice']);
  expect(newer.connection.generation).toBe(older.connection.generation + 1);
  expect(await older.stream.bye()).toEqual({ reason: 'replaced', retryMs: 0 });
  await older.stream.ended;
  expect((await older.heartbeat()).status).toBe(409);
  expect((await older.goodbye()).status).toBe(409);
  const event = { type: 'error.reported', agent: 'twice', data: { message: 'x' } };
  const report = (connection: object) =>
    hub.send('POST', '/v1/events', { body: { events: [event], connection } });
  expect((await report(older.connection)).status).toBe(409);
  expect((await report(newer.connection)).status).toBe(200);
  expect((await newer.heartbeat()).status).toBe(200);
  // longer than the grace period
  const watching = await hub.stream('/v1/stream');
  await eventually(() => heartbeats(watching) >= 5, 'heartbeats');
  expect(await connectionsOf('twice')).toEqual(['connected 1', 'connected 2']);
});

test('closing a replaced stream does not affect the stream that replaced it', async () => {
  await hub.register('heir');
  const older = await connectRunner(hub, 'r-heir', ['heir']);
  const newer = await connectRunner(hub, 'r-heir', ['heir']);
  await older.stream.ended;
  const { run } = await hub.expect<{ run: { id: string } }>(202, 'POST', '/v1/agents/heir/runs');
  expect((await newer.stream.event('run.requested')).run).toBe(run.id);
  await eventually(() => heartbeats(newer.stream) >= 2, 'heartbeats');
});

test('of many simultaneous connections of one runner, the last one stays and the others end with "replaced"', async () => {
  await hub.register('many');
  const runners = await Promise.all(
    Array.from({ length: 10 }, () => connectRunner(hub, 'r-many', ['many'])),
  );
  const [last, ...others] = runners.toSorted(
    (a, b) => b.connection.generation - a.connection.generation,
  );
  for (const { stream } of others) expect((await stream.bye()).reason).toBe('replaced');
  expect((await last?.heartbeat())?.status).toBe(200);
  expect((await hub.fleet()).agents['many']).toMatchObject({ liveness: 'live', generation: 10 });
});

test('another runner can connect an agent only after the first one has left', async () => {
  await hub.register('wanted');
  const first = await connectRunner(hub, 'r-first', ['wanted']);
  const second = () => connectRunner(hub, 'r-second', ['wanted']);
  await expect(second()).rejects.toThrow('409');
  await first.goodbye();
  expect((await second()).connection.generation).toBe(2);
  expect((await first.heartbeat()).status).toBe(409);
});

test('an agent that its runner no longer hosts after reconnecting is offline with "goodbye"', async () => {
  for (const id of ['kept', 'dropped']) await hub.register(id);
  await connectRunner(hub, 'r-fewer', ['kept', 'dropped']);
  await connectRunner(hub, 'r-fewer', ['kept']);
  expect((await hub.whenAgent('dropped', 'offline')).offlineReason).toBe('goodbye');
  expect(await connectionsOf('kept')).toEqual(['connected 1', 'connected 2']);
  await connectRunner(hub, 'r-other', ['dropped']);
});

test('a runner without heartbeats is offline although its socket is open; one with heartbeats is not', async () => {
  const strict = await startHub({ AGENTLIGHT_RUNNER_TIMEOUT_MS: '500' });
  for (const id of ['silent', 'beating']) await strict.register(id);
  const silent = await connectRunner(strict, 'r-silent', ['silent']);
  const beating = await connectRunner(strict, 'r-beating', ['beating']);
  const agent = await eventually(async () => {
    expect((await beating.heartbeat()).status).toBe(200);
    const found = (await strict.fleet()).agents['silent'];
    return found?.liveness === 'offline' && found;
  }, 'the silent agent to be offline');
  expect(agent.offlineReason).toBe('heartbeat-timeout');
  expect((await silent.stream.bye()).reason).toBe('silent');
  await silent.stream.ended;
  expect((await silent.heartbeat()).status).toBe(409);
  expect((await strict.fleet()).agents['beating']?.liveness).toBe('live');
  await connectRunner(strict, 'r-silent', ['silent']);
  await strict.whenAgent('silent', 'live');
});
