import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Hub } from '../http/hub.ts';
import { startHub } from '../http/hub.ts';
import type { TestRunner } from '../http/runner.ts';
import { connectRunner } from '../http/runner.ts';

/** A service whose agent `a` is connected and running. */
async function startRunningHub(
  settings: Record<string, string>,
): Promise<{ hub: Hub; run: string; runner: TestRunner }> {
  const hub = await startHub({ AGENTLIGHT_DISCONNECT_GRACE_MS: '50', ...settings });
  await hub.register('a');
  const runner = await connectRunner(hub, 'r', ['a']);
  const run = randomUUID();
  await hub.report([{ type: 'run.started', agent: 'a', run }]);
  return { hub, run, runner };
}

const LONG = '60000';

async function typesOf(hub: Hub): Promise<string[]> {
  return (await hub.history()).map(({ type }) => type);
}

test('after a restart an agent is stale, and offline if its runner does not reconnect', async () => {
  const { hub, run, runner } = await startRunningHub({
    AGENTLIGHT_RESTART_GRACE_MS: '400',
    AGENTLIGHT_LOST_RUN_MS: LONG,
  });
  await hub.stop();
  expect(await runner.stream.bye()).toMatchObject({ reason: 'shutdown' });
  await hub.start();
  const fleet = await hub.fleet();
  expect(fleet.agents['a']?.liveness).toBe('stale');
  expect(fleet.runs[run]).toMatchObject({ status: 'running' });
  expect(fleet.runs[run]).not.toHaveProperty('lost');
  expect((await hub.whenAgent('a', 'offline')).offlineReason).toBe('service-restart');
  expect((await hub.fleet()).runs[run]).toMatchObject({ status: 'running', lost: true });
});

test('after a restart a runner that reconnects is live, and its run was never lost', async () => {
  const { hub, run } = await startRunningHub({
    AGENTLIGHT_RESTART_GRACE_MS: '400',
    AGENTLIGHT_HEARTBEAT_MS: '100',
  });
  await hub.stop();
  await hub.start();
  const { stream, connection } = await connectRunner(hub, 'r', ['a']);
  expect(connection.generation).toBe(2);
  expect((await hub.fleet()).agents['a']?.liveness).toBe('live');
  // longer than the grace period
  await eventually(() => stream.text().split(': heartbeat').length > 8, 'heartbeats');
  await hub.report([{ type: 'run.succeeded', agent: 'a', run }], { connection });
  expect((await hub.fleet()).agents['a']?.liveness).toBe('live');
  const types = await typesOf(hub);
  expect(types).not.toContain('run.lost');
  expect(types).not.toContain('agent.disconnected');
});

test('runners that connect as soon as the port is open are not treated as orphans', async () => {
  const hub = await startHub({ AGENTLIGHT_RESTART_GRACE_MS: '0' });
  const ids = Array.from({ length: 20 }, (_, index) => `agent-${index}`);
  for (const id of ids) await hub.register(id);
  await Promise.all(ids.map((id) => connectRunner(hub, `r-${id}`, [id])));
  await hub.stop();
  const deadlineMs = performance.now() + 5_000;
  const connectWithRetry = async (id: string): Promise<TestRunner> => {
    for (;;) {
      try {
        return await connectRunner(hub, `r-${id}`, [id]);
      } catch (error) {
        if (performance.now() > deadlineMs) throw error;
      }
    }
  };
  const [runners] = await Promise.all([Promise.all(ids.map(connectWithRetry)), hub.start()]);
  const types = await typesOf(hub);
  const startedAt = types.lastIndexOf('service.started');
  expect(types.slice(startedAt).filter((type) => type === 'agent.connected')).toHaveLength(20);
  for (const runner of runners) expect((await runner.heartbeat()).status).toBe(200);
  const { agents } = await hub.fleet();
  expect(new Set(ids.map((id) => agents[id]?.liveness))).toEqual(new Set(['live']));
});

test('a run out of contact is lost, and fails with reason "lost" after its time limit', async () => {
  const { hub, run, runner } = await startRunningHub({ AGENTLIGHT_LOST_RUN_MS: '300' });
  const watching = await hub.stream('/v1/stream');
  await watching.snapshot();
  runner.stream.close();
  const failed = await hub.whenRun(run, ({ status }) => status === 'failed');
  expect(failed).toMatchObject({ failure: { reason: 'lost' } });
  expect(failed).not.toHaveProperty('lost');
  expect(failed.message).toMatch(/out of contact/);
  await watching.event('run.failed');
  expect(watching.events().map(({ type }) => type)).toEqual([
    'agent.disconnected',
    'run.lost',
    'run.failed',
  ]);
  // the service only presumed the end, so the runner's own word replaces it
  const { connection } = await connectRunner(hub, 'r', ['a']);
  await hub.report([{ type: 'run.succeeded', agent: 'a', run }], { connection });
  await hub.whenRun(run, ({ status }) => status === 'succeeded');
  // what the runner said itself stays final
  const events = [{ type: 'run.failed', agent: 'a', run, data: { reason: 'exit', message: 'no' } }];
  expect((await hub.send('POST', '/v1/events', { body: { events, connection } })).status).toBe(409);
});

test('a run out of contact continues if its runner reconnects in time', async () => {
  const { hub, run, runner } = await startRunningHub({
    AGENTLIGHT_LOST_RUN_MS: '800',
    AGENTLIGHT_HEARTBEAT_MS: '100',
  });
  runner.stream.close();
  await hub.whenRun(run, ({ lost }) => lost === true);
  const back = await connectRunner(hub, 'r', ['a']);
  await hub.whenRun(run, ({ lost }) => lost === undefined);
  // longer than the time limit of a lost run
  await eventually(() => back.stream.text().split(': heartbeat').length > 12, 'heartbeats');
  const { connection } = back;
  await hub.report([{ type: 'run.succeeded', agent: 'a', run }], { connection });
  expect(await typesOf(hub)).not.toContain('run.failed');
});

test('a run that was lost before a restart fails after it', async () => {
  const { hub, run, runner } = await startRunningHub({
    AGENTLIGHT_LOST_RUN_MS: '500',
    AGENTLIGHT_RESTART_GRACE_MS: LONG,
  });
  runner.stream.close();
  await hub.whenRun(run, ({ lost }) => lost === true);
  await hub.stop();
  await hub.start();
  const failed = await hub.whenRun(run, ({ status }) => status === 'failed');
  expect(failed).toMatchObject({ failure: { reason: 'lost' } });
  expect((await typesOf(hub)).filter((type) => type === 'run.failed')).toHaveLength(1);
});

test('a run is lost even if its runner left on purpose, and the agent is offline with "goodbye"', async () => {
  const { hub, run, runner } = await startRunningHub({ AGENTLIGHT_LOST_RUN_MS: '100' });
  await runner.goodbye();
  expect((await hub.fleet()).agents['a']).toMatchObject({ offlineReason: 'goodbye' });
  await hub.whenRun(run, ({ status }) => status === 'failed');
});
