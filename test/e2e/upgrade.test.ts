/** The service becomes another version than the extension was made for. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { startNewerService, withoutMore } from '../support/newer-service.ts';
import { closePopup, hostAgents, pair } from '../support/paired.ts';
import { startTestService } from '../support/test-service.ts';
import type { Snapshot } from '../../protocol/wire/messages.ts';

/** Runs until the test lets it fail. */
const FAILS_LATER = [
  process.execPath,
  '-e',
  `setInterval(() => { if (require('node:fs').existsSync('end')) process.exit(3); }, 20)`,
];

async function startUpgradable() {
  const [service, browser] = await Promise.all([startTestService(), openExtensionBrowser()]);
  const upgrade = await startNewerService(service.url);
  const popup = await browser.openPopup();
  await pair(service, popup, service.client, upgrade.url);
  return {
    service,
    browser,
    popup,
    upgrade,
    host: (agents: Parameters<typeof hostAgents>[1]) => hostAgents(service, agents),
  };
}

test('a service that comes back newer is followed from where it stopped: nothing is lost, doubled or a ghost', async () => {
  const world = await startUpgradable();
  const { browser, service, upgrade, host } = world;
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-upgrade-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await host({ tests: { command: FAILS_LATER, cwd: dir } });
  const ghost = await host({ ghost: { command: [process.execPath, '-e', ''] } });
  const run = await service.ask('tests');
  await service.whenRun(run, 'running');
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');
  await closePopup(world);
  const told = await browser.recordNotifications();

  await service.stop();
  ghost.child.kill('SIGKILL');
  upgrade.become({ hasMore: true });
  await service.start();
  await service.whenAgent('tests', 'live');
  await service.whenAgent('ghost', 'stale');
  writeFileSync(join(dir, 'end'), '');
  await service.whenRun(run, 'failed');

  const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
  await eventually(
    async () => (await browser.fleet())?.seq === fleet.seq,
    'the last event',
    20_000,
  );
  expect(withoutMore(await browser.fleet())).toEqual(fleet);
  expect(upgrade.resumed.slice(1)).not.toEqual([]);
  expect(upgrade.resumed.slice(1)).not.toContain(false);
  await eventually(async () => (await told()).length > 0, 'a notification');
  expect(await told()).toMatchObject([{ title: 'tests failed' }]);
  const popup = await browser.openPopup();
  await popup.getByRole('list', { name: 'Failed' }).getByText('tests').waitFor();
  await popup.getByText('Waiting for its runner').waitFor();
  expect(await popup.getByRole('listitem').count()).toBe(2);
});

test('a service that is too new or too old says what to update, and is back by itself once it fits', async () => {
  const { browser, popup, service, upgrade } = await startUpgradable();
  const badgeSays = (text: string) =>
    eventually(async () => (await browser.badge()) === text, `the badge to say "${text}"`);
  upgrade.become({ protocol: 2 });
  await popup
    .getByText('The service is too new for this extension. Update the extension.')
    .waitFor();
  upgrade.become({ protocol: undefined });
  await popup.getByText(/^Live/).waitFor();

  upgrade.become({ protocol: 0 });
  await popup.getByText('The service is too old for this extension. Update the service.').waitFor();
  await badgeSays('!');
  upgrade.become({ protocol: undefined });
  await service.client.registerAgent('build', { name: 'build', capabilities: [] });
  // whoever opens the popup has it tried at once
  await closePopup({ popup });
  const again = await browser.openPopup();
  await again.getByText('build', { exact: true }).waitFor();
  await badgeSays('');
});
