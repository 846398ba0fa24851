/** What a person has chosen holds, in the worker and on every page. */
import { readFile, writeFile } from 'node:fs/promises';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { Client } from '../../protocol/client/client.ts';
import { eventually } from '../support/eventually.ts';
import type { Paired } from '../support/paired.ts';
import { closePopup, startPaired } from '../support/paired.ts';

declare const chrome: {
  readonly runtime: { sendMessage(message: object): Promise<unknown> };
  readonly contextMenus: {
    readonly onClicked: { dispatch(info: { menuItemId: string }, tab: object): void };
  };
};

async function fail({ service: { client } }: Paired, agent = 'tests'): Promise<void> {
  const run = uuidv7();
  const events = [
    { type: 'run.started', agent, run },
    { type: 'run.failed', agent, run, data: { reason: 'exit', message: 'It broke.' } },
  ];
  await client.report(JSON.stringify({ events }));
}

async function startWith(...agents: string[]): Promise<Paired> {
  const world = await startPaired();
  for (const id of agents) {
    await world.service.client.registerAgent(id, { name: id, capabilities: [] });
    await world.popup.getByText(id, { exact: true }).waitFor();
  }
  return world;
}

/** As the options page does, on a page that is open. */
async function change({ browser }: Paired, changes: object): Promise<void> {
  const page = await browser.openPage('options.html');
  await page.evaluate((message) => chrome.runtime.sendMessage(message), {
    type: 'change',
    changes,
  });
  await page.close();
}

test('a muted agent is on the list and nowhere else', async () => {
  const world = await startWith('loud', 'quiet');
  const { popup, browser } = world;
  const row = popup.getByRole('listitem').filter({ hasText: 'quiet' });
  await row.getByRole('button', { name: 'More for quiet' }).click();
  await popup.getByRole('menuitem', { name: /^Mute/ }).click();
  await row.getByRole('img', { name: 'Muted' }).waitFor();
  await closePopup(world);
  await fail(world, 'quiet');
  await fail(world, 'loud');
  await eventually(async () => (await browser.notifications()).length > 0, 'a notification');
  expect(await browser.notifications()).toEqual([expect.stringContaining(':failed:loud:')]);
  expect(await browser.badge()).toBe('1');
});

test('Mine shows my own agents, and those that run because I asked', async () => {
  const world = await startWith('own');
  const { popup, service } = world;
  const { token } = await service.client.request<{ token: string }>('POST', '/v1/tokens', {
    body: { user: 'colleague', scopes: ['report'], label: 'Colleague' },
  });
  const client = new Client({ url: service.url, token });
  await client.registerAgent('theirs', { name: 'theirs', capabilities: [] });
  const theirs = popup.getByText('theirs', { exact: true });
  await theirs.waitFor();
  const mine = popup.getByRole('button', { name: 'Mine' });
  await mine.click();
  await theirs.waitFor({ state: 'detached' });
  await popup.getByText('own', { exact: true }).waitFor();
  // it is kept
  await closePopup(world);
  const again = await world.browser.openPopup();
  await again.getByRole('button', { name: 'Mine', pressed: true }).click();
  await again.getByText('theirs', { exact: true }).waitFor();
});

test('what happens in quiet hours is one notification when they are over', async () => {
  const world = await startWith('tests', 'build');
  const { browser } = world;
  await closePopup(world);
  await change(world, { quietHours: true, quietFrom: '00:00', quietTo: '00:00' });
  const told = await browser.recordNotifications();
  await fail(world, 'tests');
  await fail(world, 'build');
  await eventually(async () => (await browser.badge()) === '2', 'the badge to say 2');
  expect(await told()).toEqual([]);
  // another life of the worker has not forgotten
  await browser.killWorker();
  await change(world, {});
  expect(await browser.notifications()).toEqual([]);
  await change(world, { quietHours: false });
  await eventually(async () => (await browser.notifications()).length === 1, 'the summary');
  expect(await browser.notifications()).toEqual([expect.stringContaining(':summary:')]);
});

test('notifications are paused from the menu of the toolbar button, and go on', async () => {
  const world = await startWith('tests');
  const { browser, popup } = world;
  const choose = async (menuItemId: string) => {
    const worker = await browser.worker();
    await worker.evaluate(
      (id) => chrome.contextMenus.onClicked.dispatch({ menuItemId: id }, {}),
      menuItemId,
    );
  };
  await choose('pause-hour');
  await popup.getByText(/paused until/).waitFor();
  expect(await browser.title()).toContain('paused');
  await closePopup(world);
  await fail(world);
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');
  expect(await browser.notifications()).toEqual([]);
  await choose('resume');
  await eventually(async () => (await browser.notifications()).length === 1, 'the summary');
});

test('the look is there before anything is seen of the page', async () => {
  const world = await startWith('tests');
  await change(world, { theme: 'dark', density: 'compact' });
  const popup = await world.browser.openPopup();
  const colors = await popup.evaluate(() => {
    const { theme, density } = document.documentElement.dataset;
    return { theme, density };
  });
  expect(colors).toMatchObject({ theme: 'dark', density: 'compact' });
});

test('settings go to a file and back, and no token with them', async () => {
  const world = await startWith('tests');
  await change(world, { theme: 'dark', notifyFinished: 'all' });
  const options = await world.browser.openPage('options.html');
  const downloading = options.waitForEvent('download');
  await options.getByRole('button', { name: 'Export settings' }).click();
  const path = await (await downloading).path();
  const text = await readFile(path, 'utf8');
  expect(text).not.toContain(world.service.env['AGENTLIGHT_TOKEN']);
  await change(world, { theme: 'light', notifyFinished: 'off' });
  const copy = `${path}.json`;
  await writeFile(copy, text);
  await options.getByLabel('File with settings').setInputFiles(copy);
  await options.getByText('theme: light → dark').waitFor();
  await options.getByRole('button', { name: 'Apply' }).click();
  await eventually(
    () => options.evaluate(() => document.documentElement.dataset['theme'] === 'dark'),
    'the look of the file',
  );
});

test('the diagnostics hold what a bug report needs, and no secret', async () => {
  const { browser, service } = await startWith('secret-project');
  const options = await browser.openPage('options.html');
  const text = await options.getByRole('textbox', { name: 'Diagnostics' }).inputValue();
  expect(text).toContain('Connection: live');
  expect(text).toContain('Agents: 1');
  expect(text).not.toContain('secret-project');
  const stored = await options.evaluate(() =>
    (
      globalThis as unknown as {
        chrome: {
          storage: { local: { get(key: string): Promise<{ services: { token: string }[] }> } };
        };
      }
    ).chrome.storage.local.get('services'),
  );
  for (const { token } of stored.services) expect(text).not.toContain(token);
  expect(text).not.toContain(service.env['AGENTLIGHT_TOKEN']);
});
