import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startHub } from '../http/hub.ts';
import { connectRunner } from '../http/runner.ts';

test('an agent of one run is removed some time after its end, and its runs stay readable', async () => {
  const hub = await startHub({ AGENTLIGHT_ENDED_AGENT_MS: '1000' });
  await hub.register('once');
  await hub.register('stays');
  const runner = await connectRunner(hub, 'r-once', ['once']);
  const run = '0198c2f4-0000-7000-8000-000000000001';
  await hub.report([
    { type: 'run.started', agent: 'once', run },
    { type: 'run.succeeded', agent: 'once', run },
  ]);
  await runner.goodbye('ended');
  await eventually(async () => !('once' in (await hub.fleet()).agents), 'the agent to be removed');
  expect(await hub.expect(200, 'GET', `/v1/runs/${run}`)).toMatchObject({ run: { agent: 'once' } });
  expect((await hub.fleet()).agents).toHaveProperty('stays');
});

test('an acknowledgement expires if the state does not change', async () => {
  const hub = await startHub({ AGENTLIGHT_ACKNOWLEDGEMENT_MS: '1000' });
  await hub.register('bad');
  const run = '0198c2f4-0000-7000-8000-000000000002';
  await hub.report([{ type: 'run.started', agent: 'bad', run }]);
  const data = { reason: 'exit', message: 'Oh.' };
  const [failed] = await hub.report([{ type: 'run.failed', agent: 'bad', run, data }]);
  const body = { attention: failed?.seq };
  const path = '/v1/agents/bad/acknowledgement';
  expect(await hub.expect(200, 'PUT', path, { body })).toMatchObject({
    agent: { acknowledged: { attention: failed?.seq, by: 'owner' } },
  });
  await eventually(
    async () => (await hub.fleet()).agents['bad']?.acknowledged === undefined,
    'the acknowledgement to expire',
  );
});
