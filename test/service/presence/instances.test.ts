/** Layer 5: several service processes on one database, one of which dies. */
import { expect, test } from 'vitest';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { OWNER_TOKEN } from '../http/hub.ts';
import { send } from '../http/request.ts';
import { onDatabase, startServe, whenListening } from '../http/serve-process.ts';
import { openStream } from '../http/stream-reader.ts';

const ENV = {
  AGENTLIGHT_INSTANCE_LEASE_MS: '400',
  AGENTLIGHT_RESTART_GRACE_MS: '300',
  AGENTLIGHT_POLL_MS: '100',
};

async function twoInstances() {
  const database = await onDatabase();
  const dying = startServe(['--port', '0', ...database], ENV);
  const living = startServe(['--port', '0', ...database], ENV);
  const [dyingUrl, url] = await Promise.all([whenListening(dying), whenListening(living)]);
  const body = { name: 'A', capabilities: ['run'] };
  await send(dyingUrl, 'PUT', '/v1/agents/a', { token: OWNER_TOKEN, body });
  const commands = '/v1/runners/r/commands?agent=a';
  const liveness = async () => {
    const { text } = await send(url, 'GET', '/v1/snapshot', { token: OWNER_TOKEN });
    return (JSON.parse(text) as Snapshot).fleet.agents['a']?.liveness;
  };
  await openStream(dyingUrl, commands, { token: OWNER_TOKEN });
  await eventually(
    async () => (await liveness()) === 'live',
    'the other instance to read the event',
  );
  return { dying, dyingUrl, url, commands, liveness };
}

test('agents of an instance that was killed are stale, and then offline', async () => {
  const { dying, liveness } = await twoInstances();
  dying.child.kill('SIGKILL');
  await eventually(async () => (await liveness()) === 'stale', 'the other instance to notice');
  await eventually(async () => (await liveness()) === 'offline', 'the grace period to end');
});

test('a runner that reconnects to another instance was never offline', async () => {
  const { dying, url, commands, liveness } = await twoInstances();
  dying.child.kill('SIGKILL');
  await eventually(async () => (await liveness()) === 'stale', 'the other instance to notice');
  await openStream(url, commands, { token: OWNER_TOKEN });
  expect(await liveness()).toBe('live');
});

test('an instance that starts does not affect agents of a live one', async () => {
  const database = await onDatabase();
  const first = startServe(['--port', '0', ...database], ENV);
  const url = await whenListening(first);
  await send(url, 'PUT', '/v1/agents/a', { token: OWNER_TOKEN, body: { name: 'A' } });
  await openStream(url, '/v1/runners/r/commands?agent=a', { token: OWNER_TOKEN });
  await whenListening(startServe(['--port', '0', ...database], ENV));
  const { text } = await send(url, 'GET', '/v1/snapshot', { token: OWNER_TOKEN });
  expect((JSON.parse(text) as Snapshot).fleet.agents['a']?.liveness).toBe('live');
});

test('of 100 simultaneous run requests to two instances, one succeeds and the others name its run', async () => {
  const { dyingUrl, url } = await twoInstances();
  const requestRun = async (at: string) => {
    const answer = await send(at, 'POST', '/v1/agents/a/runs', { token: OWNER_TOKEN, body: {} });
    return { status: answer.status, body: JSON.parse(answer.text) };
  };
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => requestRun(n % 2 === 0 ? dyingUrl : url)),
  );
  const [accepted, ...more] = answers.filter(({ status }) => status === 202);
  expect(more).toEqual([]);
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused).toHaveLength(99);
  const run = accepted?.body.run.id;
  for (const { body } of refused) expect(body).toMatchObject({ run });
});
