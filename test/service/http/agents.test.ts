import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import { connectRunner } from './runner.ts';

let hub: Hub;
let bob: string;
beforeAll(async () => {
  hub = await openHub();
  bob = await hub.token('bob', ['read', 'operate', 'report']);
});
afterAll(() => hub.close());

const put = (id: string, body: object, token?: string) =>
  hub.send('PUT', `/v1/agents/${id}`, token === undefined ? { body } : { body, token });
const remove = (id: string, token?: string) =>
  hub.send('DELETE', `/v1/agents/${id}`, token === undefined ? {} : { token });

async function typesOf(agent: string): Promise<string[]> {
  const events = await hub.history();
  return events.filter((event) => event.agent === agent).map(({ type }) => type);
}

test('registering is 201 the first time, then 200, and only a change is an event', async () => {
  const profile = { name: 'Unit tests', host: 'laptop', capabilities: ['run', 'cancel'] };
  const first = await put('unit', profile);
  expect(first.status).toBe(201);
  expect(JSON.parse(first.text)).toMatchObject({
    agent: { id: 'unit', owner: 'owner', liveness: 'unmonitored', ...profile },
  });
  expect((await put('unit', profile)).status).toBe(200);
  expect(await typesOf('unit')).toEqual(['agent.registered']);

  const changed = await put('unit', { name: 'Unit tests', capabilities: ['run'] });
  expect(changed.status).toBe(200);
  const { agent } = JSON.parse(changed.text) as { agent: Agent };
  expect(agent).toMatchObject({ owner: 'owner', capabilities: ['run'] });
  expect(agent).not.toHaveProperty('host');
  expect(await typesOf('unit')).toEqual(['agent.registered', 'agent.updated']);
});

test('of many who register the same agent at once, one makes it and the others find it', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => put('crowd', { name: 'C' })));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(statuses.filter((status) => status === 200)).toHaveLength(19);
  expect(await typesOf('crowd')).toEqual(['agent.registered']);
});

test('an agent belongs to who registered it; administrators may change it, and it stays theirs', async () => {
  expect((await put('bobs', { name: 'B' }, bob)).status).toBe(201);
  await put('owners', { name: 'O' });
  expect((await put('owners', { name: 'Mine' }, bob)).status).toBe(403);
  expect((await remove('owners', bob)).status).toBe(403);
  const changed = JSON.parse((await put('bobs', { name: 'B, by the owner' })).text) as {
    agent: Agent;
  };
  expect(changed.agent).toMatchObject({ owner: 'bob', name: 'B, by the owner' });
  expect((await remove('bobs', bob)).status).toBe(204);
});

test('a removed agent is gone from the list and from its streams, and its id is free again', async () => {
  await put('short-lived', { name: 'S' });
  const stream = await hub.stream('/v1/stream?agent=short-lived');
  await stream.snapshot();
  const answer = await remove('short-lived');
  expect([answer.status, answer.text]).toEqual([204, '']);
  await stream.event('agent.removed');
  const { agents } = await hub.expect<{ agents: Agent[] }>(200, 'GET', '/v1/agents');
  expect(agents.map(({ id }) => id)).not.toContain('short-lived');
  expect((await remove('short-lived')).status).toBe(404);
  expect((await put('short-lived', { name: 'S' }, bob)).status).toBe(201);
});

test('a connected agent can not be removed, one whose runner has left can', async () => {
  await put('hosted', { name: 'H' });
  const runner = await connectRunner(hub, 'r-hosted', ['hosted']);
  expect((await remove('hosted')).status).toBe(409);
  await runner.goodbye();
  expect((await remove('hosted')).status).toBe(204);
});

test('everybody who has a token sees all agents', async () => {
  await put('visible', { name: 'V' });
  const { agents } = await hub.expect<{ agents: Agent[] }>(200, 'GET', '/v1/agents', {
    token: bob,
  });
  const fleet = await hub.fleet();
  expect(agents).toEqual(Object.values(fleet.agents));
  expect(agents.map(({ id }) => id)).toContain('visible');
});

// `constructor` is refused, see refused-requests.ts
test.each([
  'tostring',
  'valueof',
  'proto',
  'prototype',
  'length',
  'a.b_c-d',
  '0',
  '0198',
  'a'.repeat(63),
])('an agent may be called %s', async (id) => {
  expect((await put(id, { name: 'Odd' })).status).toBe(201);
  const runner = await connectRunner(hub, 'constructor', [id]);
  const fleet = await hub.fleet();
  expect(Object.keys(fleet.agents)).toContain(id);
  expect(fleet.agents[id]).toMatchObject({ id, liveness: 'live', runner: 'constructor' });
  await runner.goodbye();
  expect((await remove(id)).status).toBe(204);
});

test('ids that every object has are not agents', async () => {
  for (const id of ['toString', '__proto__', 'hasOwnProperty', 'constructor']) {
    expect((await hub.send('POST', `/v1/agents/${id}/runs`, { body: {} })).status).toBe(400);
  }
});
