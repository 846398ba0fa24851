import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Client } from '../../protocol/client/client.ts';
import { startCommandLine, writeConfig } from '../support/command-line.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { pair, startPaired } from '../support/paired.ts';
import { startTestService } from '../support/test-service.ts';

test('Run in the popup really runs the command, and every place says so', async () => {
  const { browser, popup, service, host } = await startPaired();
  const dir = temporaryFolder();
  // goes on until the test lets it end
  const script = `
    const { writeFileSync, existsSync } = require('node:fs');
    writeFileSync('ran', String(process.pid));
    setInterval(() => existsSync('end') && process.exit(0), 20);`;
  await host({ build: { command: [process.execPath, '-e', script], cwd: dir } });

  const row = popup.getByRole('listitem').filter({ hasText: 'build' });
  await row.hover();
  await row.getByRole('button', { name: 'Run build', exact: true }).click();
  await popup.getByRole('list', { name: 'Running' }).getByText('build').waitFor();
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');
  expect(await browser.title()).toBe('Agentlight: 1 running');
  const pid = await eventually(() => readIfThere(join(dir, 'ran')), 'the process to run');
  expect(Number(pid)).toBeGreaterThan(0);

  writeFileSync(join(dir, 'end'), '');
  await popup
    .getByRole('list', { name: 'Idle' })
    .getByText(/Succeeded in/)
    .waitFor();
  await eventually(async () => (await browser.badge()) === '', 'the badge to be empty');
  const { recent } = await service.whenAgent('build', 'live');
  expect(recent.map(({ status }) => status)).toEqual(['succeeded']);
});

test('Cancel ends the command', async () => {
  const { popup, service, host } = await startPaired();
  await host({ build: { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] } });
  const run = await service.ask('build');
  await service.whenRun(run, 'running');
  const row = popup.getByRole('listitem').filter({ hasText: 'build' });
  await row.hover();
  await row.getByRole('button', { name: 'Cancel build' }).click();
  await service.whenRun(run, 'cancelled');
  await popup
    .getByRole('list', { name: 'Idle' })
    .getByText(/Cancelled after/)
    .waitFor();
});

test('a Run that is refused is rolled back, and the reason is shown', async () => {
  const service = await startTestService();
  const browser = await openExtensionBrowser();
  const popup = await browser.openPopup();
  const { token } = await service.client.request<{ token: string }>('POST', '/v1/tokens', {
    body: { user: 'bob', scopes: ['read', 'operate'] },
  });
  await pair(service, popup, new Client({ url: service.url, token }));
  const config = writeConfig({ build: { command: [process.execPath, '-e', ''] } });
  startCommandLine(['up', '--config', config], service.env);
  const row = popup.getByRole('listitem').filter({ hasText: 'build' });
  await row.hover();
  await row.getByRole('button', { name: 'Run build', exact: true }).click();
  await row
    .getByText('"build" belongs to owner. Only the owner or an administrator can do this.')
    .waitFor();
  await row.getByRole('button', { name: 'Run build', exact: true }).waitFor();
});

function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'agentlight-run-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
