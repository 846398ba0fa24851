import { expect, test } from 'vitest';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { eventually } from '../support/eventually.ts';
import { startTestService } from '../support/test-service.ts';
import { lastRunOf, runExample } from './example.ts';

test('build.sh shows its steps when it is wrapped', async () => {
  const service = await startTestService();
  const wrap = 'run -s agentlight -- run --name Example --id build -- sh examples/build.sh';
  const { exitCode, stdout, stderr } = await runExample(service, 'npm', ...wrap.split(' '));
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Compiling 12 files …\nRunning 34 tests …\nBuilt.');
  const { run, events } = await lastRunOf(service, 'build');
  expect(run.status).toBe('succeeded');
  expect(events.filter(({ type }) => type.startsWith('step.')).map(({ type }) => type)).toEqual([
    'step.started',
    'step.completed',
    'step.started',
    'step.completed',
  ]);
});

test('build.sh builds without Agentlight, too', async () => {
  const service = await startTestService();
  const { exitCode, stdout } = await runExample(service, 'sh', 'examples/build.sh');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Built.');
});

test('report.sh reports a run and its progress', async () => {
  const service = await startTestService();
  const { exitCode, stdout, stderr } = await runExample(service, 'bash', 'examples/report.sh');
  expect([exitCode, stdout, stderr]).toEqual([0, '', '']);
  const { run, events } = await lastRunOf(service, 'nightly-backup');
  expect(run).toMatchObject({ status: 'succeeded', message: '4 disks, 812 GB' });
  expect(events.map(({ type }) => type)).toEqual([
    'run.started',
    ...Array<string>(3).fill('run.progress'),
    'run.succeeded',
  ]);
});

test.each([
  ['yes', 0, 'yes\nDeploying …', ''],
  ['no', 1, 'no', 'Not deployed: somebody said no.'],
])('ask.sh goes by the answer: %s', async (choice, code, printed, complaint) => {
  const service = await startTestService();
  const asking = runExample(service, 'sh', 'examples/ask.sh');
  const question = await eventually(async () => {
    const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
    return Object.values(fleet.agents).flatMap(({ approvals = [] }) => approvals)[0];
  }, 'the question');
  expect(question).toMatchObject({ title: 'Deploy to live?' });
  const body = { hash: question.hash, choice, via: 'popup' };
  await service.client.request('POST', `/v1/approvals/${question.id}/decision`, { body });
  const { exitCode, stdout, stderr } = await asking;
  expect([exitCode, stdout, stderr]).toEqual([code, printed, complaint]);
});
