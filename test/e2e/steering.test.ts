import { expect, test } from 'vitest';
import type { AgentProfile } from '../../protocol/events/agent.ts';
import { eventually } from '../support/eventually.ts';
import { startPaired } from '../support/paired.ts';

const GOES_ON = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];

test('an agent with parameters is asked for with a form, and gets them as arguments', async () => {
  const { popup, service, host } = await startPaired();
  const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
  await host({
    deploy: {
      command: [process.execPath, '-e', print, '{{params.environment}}', '{{prompt}}'],
      prompt: true,
      parameters: {
        type: 'object',
        properties: { environment: { enum: ['staging', 'production'], title: 'Where to' } },
        required: ['environment'],
      },
    },
  });
  const row = popup.getByRole('listitem').filter({ hasText: 'deploy' });
  await row.hover();
  await row.getByRole('button', { name: 'Run deploy', exact: true }).click();
  const form = popup.getByRole('dialog', { name: 'Run deploy' });
  await form.getByLabel('Where to').selectOption('staging');
  await form.getByLabel('What should it do?').fill('be $(quick); "now"');
  await form.getByRole('button', { name: 'Run' }).click();
  await form.waitFor({ state: 'detached' });
  await popup.getByText(/Succeeded in/).waitFor();
  const { lastRun = '' } = await service.whenAgent('deploy', 'live');
  expect(await service.output(lastRun)).toBe('["staging","be $(quick); \\"now\\""]\n');
});

test('what waits in line is asked for with the form, too', async () => {
  const { popup, service } = await startPaired();
  const parameters = {
    type: 'object',
    properties: { environment: { enum: ['staging', 'production'], title: 'Where to' } },
    required: ['environment'],
  };
  await service.client.registerAgent('deploy', {
    name: 'deploy',
    capabilities: ['run'],
    parameters,
  } as AgentProfile);
  const row = popup.getByRole('listitem').filter({ hasText: 'deploy' });
  await row.hover();
  await row.getByRole('button', { name: 'Queue a run deploy' }).click();
  const form = popup.getByRole('dialog', { name: 'Run deploy' });
  await form.getByLabel('Where to').selectOption('production');
  await form.getByRole('button', { name: 'Run' }).click();
  await form.waitFor({ state: 'detached' });
  const run = await eventually(
    async () => (await service.agent('deploy'))?.runs[0],
    'the run to be in line',
  );
  expect(await service.run(run)).toMatchObject({
    status: 'queued',
    params: { environment: 'production' },
  });
});

test('pausing, resuming and queueing are in the row’s menu', async () => {
  const { popup, service, host } = await startPaired();
  await host({ train: { command: GOES_ON } });
  const run = await service.ask('train');
  await service.whenRun(run, 'running');
  const row = popup.getByRole('listitem').filter({ hasText: 'train' });
  const choose = async (name: string) => {
    await row.hover();
    await row.getByRole('button', { name: 'More for train' }).click();
    await popup.getByRole('menuitem', { name }).click();
  };
  await choose('Pause');
  await row.getByText('Paused').waitFor();
  await service.whenRun(run, 'paused');
  await choose('Queue a run');
  await choose('Resume');
  await service.whenRun(run, 'running');
  const { runs } = await eventually(async () => {
    const agent = await service.agent('train');
    return agent?.runs.length === 2 && agent;
  }, 'the second run to wait');
  await row.getByRole('button', { name: 'Cancel train' }).click();
  await service.whenRun(run, 'cancelled');
  await service.whenRun(runs[1] ?? '', 'running');
});

test('somebody says that they are on it, and everybody sees it', async () => {
  const { popup, service, host } = await startPaired();
  await host({ tests: { command: [process.execPath, '-e', 'process.exit(1)'] } });
  await service.whenRun(await service.ask('tests'), 'failed');
  const row = popup.getByRole('list', { name: 'Failed' }).getByRole('listitem');
  await row.focus();
  await popup.keyboard.press('o');
  await row.getByText('You’re on it').waitFor();
  await popup.keyboard.press('o');
  await row.getByText('You’re on it').waitFor({ state: 'detached' });
});

test('searching leaves what is searched for, and ? shows the keys', async () => {
  const { popup, host } = await startPaired();
  await host({ alpha: { command: GOES_ON }, beta: { command: GOES_ON } });
  const rows = popup.locator('li[data-agent]');
  await popup.keyboard.press('/');
  await popup.keyboard.type('bet');
  await eventually(async () => (await rows.count()) === 1, 'one row');
  await popup.keyboard.type('x');
  await popup.getByText('Nothing matches “betx”.').waitFor();
  await popup.keyboard.press('Escape');
  await eventually(async () => (await rows.count()) === 2, 'both rows');
  await popup.keyboard.press('ArrowDown');
  await popup.keyboard.press('?');
  await popup.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Search').waitFor();
});
