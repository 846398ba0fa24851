import { expect, test } from 'vitest';
import type { Scope } from '../../../protocol/wire/messages.ts';
import type { Hub } from '../http/hub.ts';
import { startHub } from '../http/hub.ts';
import { connectRunner } from '../http/runner.ts';

async function makeToken(
  hub: Hub,
  scopes: readonly Scope[],
): Promise<{ id: string; token: string }> {
  return hub.expect(201, 'POST', '/v1/tokens', { body: { user: 'bob', scopes } });
}

test('a revoked token is refused at once, although it was cached', async () => {
  const hub = await startHub();
  const { id, token } = await makeToken(hub, ['read']);
  await hub.expect(200, 'GET', '/v1/snapshot', { token });
  await hub.expect(204, 'DELETE', `/v1/tokens/${id}`);
  await hub.expect(401, 'GET', '/v1/snapshot', { token });
  await hub.expect(404, 'DELETE', `/v1/tokens/${id}`);
});

test('revoking a token ends its streams at once, and no others', async () => {
  const hub = await startHub();
  const { id, token } = await makeToken(hub, ['read']);
  const other = await makeToken(hub, ['read']);
  const ending = [
    await hub.stream('/v1/stream', { token }),
    await hub.stream('/v1/stream?agent=a', { token }),
  ];
  const staying = await hub.stream('/v1/stream', { token: other.token });
  const beganAtMs = performance.now();
  await hub.expect(204, 'DELETE', `/v1/tokens/${id}`);
  for (const stream of ending) {
    expect(await stream.bye()).toEqual({ reason: 'token-revoked', retryMs: 0 });
    await stream.ended;
  }
  expect(performance.now() - beganAtMs).toBeLessThan(1_500);
  await hub.register('a');
  await staying.event('agent.registered');
  expect(staying.names()).not.toContain('bye');
});

test('revoking the token of a runner ends its stream with the reason, and its agents are offline', async () => {
  const hub = await startHub();
  const { id, token } = await makeToken(hub, ['report']);
  await hub.register('a', {}, token);
  const { stream } = await connectRunner(hub, 'r', ['a'], { token });
  await hub.expect(204, 'DELETE', `/v1/tokens/${id}`);
  expect(await stream.bye()).toEqual({ reason: 'token-revoked', retryMs: 0 });
  await stream.ended;
  expect((await hub.whenAgent('a', 'offline')).offlineReason).toBe('connection-lost');
});

test('when another instance revokes a token, its streams end within seconds', async () => {
  const hub = await startHub();
  const { id, token } = await makeToken(hub, ['read']);
  const stream = await hub.stream('/v1/stream', { token });
  await stream.snapshot();
  await hub.sql`update tokens set revoked_at = now() where id = ${id}`;
  expect((await stream.bye()).reason).toBe('token-revoked');
});
