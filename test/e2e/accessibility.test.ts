/** No page, in no state, light or dark, has anything that axe-core finds. */
import type { Page } from 'playwright';
import { expect, onTestFinished, test } from 'vitest';
import { ALL_STORIES, ASKING_STORY, tell } from '../../scripts/pictures/screenshot-stories.ts';
import { violationsIn } from '../support/axe.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import type { Paired } from '../support/paired.ts';
import { openPageFrom, startPaired } from '../support/paired.ts';

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await violationsIn(page)).toEqual([]);
  }
}

async function startWithStories(): Promise<Paired> {
  const world = await startPaired();
  const { url, client, env } = world.service;
  const token = env['AGENTLIGHT_TOKEN'] ?? '';
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  for (const story of [ASKING_STORY, ...ALL_STORIES]) {
    await tell(story, { url, token, client, signal: abort.signal });
    await world.popup.getByText(story.name, { exact: true }).first().waitFor();
  }
  return world;
}

test('the first screen, and what it says of a code that is wrong', async () => {
  const browser = await openExtensionBrowser();
  const popup = await browser.openPopup();
  await popup.getByRole('textbox', { name: 'Pairing code' }).waitFor();
  await expectAccessible(popup);
  await popup.getByRole('textbox', { name: 'Pairing code' }).fill('ABCD-EFGH');
  await popup.getByRole('textbox', { name: 'Service address' }).fill('http://127.0.0.1:4');
  await popup.getByRole('button', { name: 'Connect' }).click();
  await popup.getByRole('alert').waitFor();
  await expectAccessible(popup);
});

test('the popup with agents in every state, its menu, its form and its help', async () => {
  const world = await startWithStories();
  const { popup } = world;
  await expectAccessible(popup);
  const row = popup.getByRole('listitem').filter({ hasText: 'Nightly e2e' });
  await row.focus();
  await popup.keyboard.press('?');
  await popup.getByRole('dialog').waitFor();
  await expectAccessible(popup);
  await popup.keyboard.press('Escape');
  await row.getByRole('button', { name: 'More for Nightly e2e' }).click();
  await popup.getByRole('menu').waitFor();
  await expectAccessible(popup);
});

test('options, the page of a run, the history, and the side panel', async () => {
  const { browser } = await startWithStories();
  await expectAccessible(await browser.openPage('options.html'));
  const panel = await browser.openPage('sidepanel.html');
  await panel.getByText('Nightly e2e').first().waitFor();
  await expectAccessible(panel);
  const popup = await browser.openPopup();
  const link = popup.getByRole('link', { name: 'Open the run of Nightly e2e' }).first();
  const run = await openPageFrom(popup, browser, () => link.click());
  await run.getByRole('heading', { name: 'Nightly e2e' }).waitFor();
  for (const tab of await run.getByRole('tab').all()) {
    await tab.click();
    await expectAccessible(run);
  }
  const historyUrl = new URL(run.url());
  historyUrl.searchParams.delete('run');
  historyUrl.searchParams.set('agent', 'nightly-e2e');
  await run.goto(historyUrl.href);
  await run.getByRole('heading', { name: 'Nightly e2e' }).waitFor();
  await expectAccessible(run);
});
