/** The list is divided as a person wants it, and what they did by mistake is undone. */
import type { Page } from 'playwright';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { violationsIn } from '../support/axe.ts';
import { eventually } from '../support/eventually.ts';
import type { Paired } from '../support/paired.ts';
import { closePopup, startPaired } from '../support/paired.ts';

const AGENTS = {
  api: { host: 'mira', tags: ['backend', 'docs'] },
  docs: { host: 'mira', tags: ['docs'] },
  train: { host: 'gpu-1', tags: ['ml'] },
  broken: { host: 'gpu-1', tags: ['ml'] },
};

async function startWithAgents(): Promise<Paired> {
  const world = await startPaired();
  const { client } = world.service;
  for (const [id, profile] of Object.entries(AGENTS)) {
    await client.registerAgent(id, { name: id, capabilities: [], ...profile });
  }
  const run = uuidv7();
  const events = [
    { type: 'run.started', agent: 'broken', run },
    { type: 'run.failed', agent: 'broken', run, data: { reason: 'exit', message: 'It broke.' } },
  ];
  await client.report(JSON.stringify({ events }));
  await world.popup.getByText('It broke.').waitFor();
  return world;
}

async function groupBy(popup: Page, what: string): Promise<void> {
  await popup.getByRole('button', { name: 'Group by' }).click();
  await popup.getByRole('menuitemradio', { name: what }).click();
}

/** Each group's heading and agents, from above. */
async function groupsIn(popup: Page): Promise<string[]> {
  return popup.locator('[data-section]').evaluateAll((groups) =>
    groups.map((group) => {
      const title = group.querySelector('h2 bdi')?.textContent;
      const agents = [...group.querySelectorAll('li')].map((row) => row.dataset['agent']);
      return `${title}: ${agents.join(', ')}`;
    }),
  );
}

async function expectGroups(popup: Page, groups: readonly string[]): Promise<void> {
  const wanted = groups.join('\n');
  await eventually(async () => (await groupsIn(popup)).join('\n') === wanted, `groups:\n${wanted}`);
}

test('by machine and by tag, what wants somebody first; what is folded stays so', async () => {
  const world = await startWithAgents();
  const { popup, browser } = world;
  await expectGroups(popup, ['Failed: broken', 'Idle: api, docs, train']);
  await groupBy(popup, 'Machine');
  await expectGroups(popup, ['Failed: broken', 'gpu-1: train', 'mira: api, docs']);

  // an arrow leads from a row to its heading, and another folds that
  await popup.getByRole('listitem').filter({ hasText: 'docs' }).focus();
  await popup.keyboard.press('ArrowLeft');
  const heading = popup.getByRole('button', { name: /^mira/ });
  expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);
  await popup.keyboard.press('ArrowLeft');
  await expectGroups(popup, ['Failed: broken', 'gpu-1: train', 'mira: ']);
  expect(await heading.getAttribute('aria-expanded')).toBe('false');
  expect(await violationsIn(popup)).toEqual([]);

  await closePopup(world);
  const again = await browser.openPopup();
  await expectGroups(again, ['Failed: broken', 'gpu-1: train', 'mira: ']);
  await again.getByRole('button', { name: /^mira/ }).click();
  await expectGroups(again, ['Failed: broken', 'gpu-1: train', 'mira: api, docs']);
  // an agent is listed once, under its first tag
  await groupBy(again, 'Tag');
  await expectGroups(again, ['Failed: broken', 'backend: api', 'docs: docs', 'ml: train']);
});

test('an agent that was muted by mistake is not, a key later; the focus stays where it was', async () => {
  const { popup } = await startWithAgents();
  const row = popup.getByRole('listitem').filter({ hasText: 'docs' });
  const muted = popup.getByRole('img', { name: 'Muted' });
  await row.focus();
  await popup.keyboard.press('m');
  await muted.waitFor();
  const undo = popup.getByRole('button', { name: 'Undo: Muted docs' });
  await undo.waitFor();
  expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await violationsIn(popup)).toEqual([]);
  await popup.keyboard.press('z');
  await muted.waitFor({ state: 'detached' });
  await undo.waitFor({ state: 'detached' });
  expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);
  await popup.getByRole('status').filter({ hasText: 'Undone' }).waitFor({ state: 'attached' });
});
