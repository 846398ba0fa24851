import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { eventually } from '../support/eventually.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { pair, startPaired } from '../support/paired.ts';

/** Counts, and says so, until the test lets it end. */
const COUNTS = `
  const { existsSync } = require('node:fs');
  let n = 0;
  setInterval(() => {
    console.log(\`line \${(n += 1)}\`);
    if (existsSync('end')) process.exit(0);
  }, 20);`;

test('the service restarts in the middle of a run: it goes on, and nothing is lost or doubled', async () => {
  const { browser, popup, service, host } = await startPaired();
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-restart-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await host({ count: { command: [process.execPath, '-e', COUNTS], cwd: dir } });
  const run = await service.ask('count');
  const running = popup.getByRole('list', { name: 'Running' }).getByText('count');
  await running.waitFor();
  await eventually(async () => (await service.output(run)).includes('line 10\n'), 'ten lines');

  await service.stop();
  await service.start();
  await service.whenAgent('count', 'live');
  await popup
    .getByRole('button', { name: 'Retry now' })
    .click({ timeout: 1_000 })
    .catch(() => {});
  await popup.getByText('Live').waitFor();
  await running.waitFor();
  writeFileSync(join(dir, 'end'), '');
  await service.whenRun(run, 'succeeded');
  await popup.getByRole('list', { name: 'Idle' }).getByText('count').waitFor();

  const numbers = (await service.output(run)).match(/\d+/g)?.map(Number) ?? [];
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(await browser.notifications()).toEqual([]);
  // one event more or less, and the fold of it would be another
  const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
  await eventually(async () => (await browser.fleet())?.seq === fleet.seq, 'the last event');
  expect(await browser.fleet()).toEqual(fleet);
});

test('two profiles see the same', async () => {
  const { browser, popup, service, host } = await startPaired();
  const other = await openExtensionBrowser();
  const otherPopup = await other.openPopup();
  await pair(service, otherPopup);
  await host({ build: { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] } });
  const row = popup.getByRole('listitem').filter({ hasText: 'build' });
  await row.hover();
  await row.getByRole('button', { name: 'Run build', exact: true }).click();
  for (const page of [popup, otherPopup]) {
    await page.getByRole('list', { name: 'Running' }).getByText('build').waitFor();
  }
  for (const one of [browser, other]) {
    await eventually(async () => (await one.badge()) === '1', 'the badge to say 1');
  }
  const otherRow = otherPopup.getByRole('listitem').filter({ hasText: 'build' });
  await otherRow.hover();
  await otherRow.getByRole('button', { name: 'Cancel build' }).click();
  for (const page of [popup, otherPopup]) {
    await page
      .getByRole('list', { name: 'Idle' })
      .getByText(/Cancelled/)
      .waitFor();
  }
});
