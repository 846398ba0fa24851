/** A proxy between the browser and the service that holds streams back. */
import { test } from 'vitest';
import { startBufferingProxy } from '../support/buffering-proxy.ts';
import { startCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { hostAgents, pair } from '../support/paired.ts';
import { startTestService } from '../support/test-service.ts';

test('what is new is asked for, and said to be so', async () => {
  const [service, browser] = await Promise.all([startTestService(), openExtensionBrowser()]);
  const proxy = await startBufferingProxy(service.url);
  const popup = await browser.openPopup();
  popup.setDefaultTimeout(30_000);
  await pair(service, popup, service.client, proxy.url);
  await popup.getByText('Updates every 3 s: a proxy holds back the stream').waitFor();
  await startCommandLine(['run', '--name', 'Build', '--', 'false'], service.env).ended;
  await popup.getByRole('list', { name: 'Failed' }).getByText('Build').waitFor();
}, 60_000);

test('a run that can’t start, as another one has just started, can be queued', async () => {
  const [service, browser] = await Promise.all([startTestService(), openExtensionBrowser()]);
  const proxy = await startBufferingProxy(service.url);
  const popup = await browser.openPopup();
  popup.setDefaultTimeout(30_000);
  await pair(service, popup, service.client, proxy.url);
  await hostAgents(service, {
    build: { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] },
  });
  const row = popup.getByRole('listitem').filter({ hasText: 'build' });
  await row.hover();
  const run = row.getByRole('button', { name: 'Run build', exact: true });
  await run.waitFor();
  // the popup has just been updated, and learns of this run only with the next update
  await service.ask('build');
  await run.click();
  await row.getByText('build is already running.').waitFor();
  await row.getByRole('button', { name: 'Queue it' }).click();
  await eventually(async () => (await service.agent('build'))?.runs.length === 2, 'a queued run');
}, 60_000);
