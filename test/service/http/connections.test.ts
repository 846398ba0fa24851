/** An agent's connections as history: when, how long, and why they ended. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionsAnswer } from '../../../protocol/wire/messages.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import { connectRunner } from './runner.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub({ AGENTLIGHT_DISCONNECT_GRACE_MS: '50' });
});
afterAll(() => hub.close());

const read = (agent: string, query = '') =>
  hub.expect<ConnectionsAnswer>(200, 'GET', `/v1/agents/${agent}/connections?${query}`);

test('each with its end and its reason, newest first, in pages that leave nothing out', async () => {
  await hub.register('comes-and-goes');
  const connect = (runner: string) => connectRunner(hub, runner, ['comes-and-goes']);
  await (await connect('r-1')).goodbye('goodbye');
  (await connect('r-1')).stream.close();
  await hub.whenAgent('comes-and-goes', 'offline');
  const third = await connect('r-2');

  const { connections, uptime, before } = await read('comes-and-goes');
  expect(connections.map(({ runner, generation, reason }) => [runner, generation, reason])).toEqual(
    [
      ['r-2', 3, undefined],
      ['r-1', 2, 'connection-lost'],
      ['r-1', 1, 'goodbye'],
    ],
  );
  expect(before).toBeUndefined();
  expect(uptime?.share).toBeGreaterThan(0);
  expect(uptime?.since).toBe(connections[2]?.connectedAt);

  const newest = await read('comes-and-goes', 'limit=2');
  const oldest = await read('comes-and-goes', `limit=2&before=${newest.before}`);
  expect([...newest.connections, ...oldest.connections]).toEqual(connections);
  third.stream.close();
});

test('one that never had a connection has none', async () => {
  await hub.register('over-http');
  expect(await read('over-http')).toEqual({ connections: [] });
});

test('of an agent that is not there, nothing', async () => {
  const { type } = await hub.expect<{ type: string }>(404, 'GET', '/v1/agents/nobody/connections');
  expect(type).toContain('unknown-agent');
});
