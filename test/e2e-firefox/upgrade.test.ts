/** The service becomes another version than the extension was made for. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { eventually } from '../support/eventually.ts';
import { openFirefox } from '../support/firefox-browser.ts';
import { startNewerService, withoutMore } from '../support/newer-service.ts';
import { hostAgents } from '../support/paired.ts';
import { pairFirefox } from '../support/paired-firefox.ts';
import { startTestService } from '../support/test-service.ts';

/** Runs until the test lets it fail. */
const FAILS_LATER = [
  process.execPath,
  '-e',
  `setInterval(() => { if (require('node:fs').existsSync('end')) process.exit(3); }, 20)`,
];

async function startUpgradable() {
  const [service, browser] = await Promise.all([startTestService(), openFirefox()]);
  const upgrade = await startNewerService(service.url);
  const popup = await browser.openPopup();
  await pairFirefox(service, popup, upgrade.url);
  return { service, browser, popup, upgrade };
}

test('a service that comes back newer is followed from where it stopped: nothing is lost, doubled or a ghost', async () => {
  const { browser, popup, service, upgrade } = await startUpgradable();
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-upgrade-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await hostAgents(service, { tests: { command: FAILS_LATER, cwd: dir } });
  const ghost = await hostAgents(service, { ghost: { command: [process.execPath, '-e', ''] } });
  const run = await service.ask('tests');
  await service.whenRun(run, 'running');
  await browser.toolbarShows('1', 'Agentlight: 1 running');
  await popup.close();

  await service.stop();
  ghost.child.kill('SIGKILL');
  upgrade.become({ hasMore: true });
  await service.start();
  await service.whenAgent('tests', 'live');
  await service.whenAgent('ghost', 'stale');
  writeFileSync(join(dir, 'end'), '');
  await service.whenRun(run, 'failed');

  const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
  const isThere = async () => (await browser.view())?.fleet.seq === fleet.seq;
  await eventually(isThere, 'the last event', 20_000);
  expect(withoutMore((await browser.view())?.fleet)).toEqual(fleet);
  expect(upgrade.resumed.slice(1)).not.toEqual([]);
  expect(upgrade.resumed.slice(1)).not.toContain(false);
  await browser.toolbarShows('1', 'Agentlight: 1 failed');
  await eventually(async () => (await browser.notifications()).length > 0, 'a notification');
  expect(await browser.notifications()).toMatchObject([{ title: 'tests failed' }]);
  const again = await browser.openPopup();
  await again.row('tests', 'Failed');
  expect(await again.row('ghost', 'Idle')).toMatch(/^ghost: waiting for its runner/);
});

test('a service that is too new or too old says what to update, and is back by itself once it fits', async () => {
  const { browser, popup, service, upgrade } = await startUpgradable();
  upgrade.become({ protocol: 2 });
  await popup.shows('The service is too new for this extension. Update the extension.');
  upgrade.become({ protocol: undefined });
  await popup.shows('Live');

  upgrade.become({ protocol: 0 });
  await popup.shows('The service is too old for this extension. Update the service.');
  const { host } = new URL(upgrade.url);
  await browser.toolbarShows('!', `Agentlight: ${host} out of contact`);
  upgrade.become({ protocol: undefined });
  await service.client.registerAgent('build', { name: 'build', capabilities: [] });
  // whoever opens a page has it tried at once
  await browser.openPage('options.html');
  await popup.row('build', 'Idle');
  await browser.toolbarShows('', 'Agentlight: all quiet');
});
