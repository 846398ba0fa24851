/** Nothing moves under the hand: what arrives while the pointer is over the list waits. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { violationsIn } from '../support/axe.ts';
import { eventually } from '../support/eventually.ts';
import { startPaired } from '../support/paired.ts';
import { askToRun } from '../support/questions.ts';

const newOnes = (popup: Page, count: number) =>
  popup.getByRole('banner').getByRole('button', { name: `${count} new` });

const leaveList = (popup: Page) => popup.getByRole('heading', { level: 1 }).hover();

/** Keys of the cards and rows, from above, with their places. */
async function placesIn(popup: Page): Promise<string[]> {
  return popup
    .locator('[data-item]')
    .evaluateAll((items) =>
      items.map((item) => `${item.dataset['item']} ${item.getBoundingClientRect().top}`),
    );
}

async function startWithAgents(ids: readonly string[]) {
  const world = await startPaired();
  for (const id of ids) {
    await world.service.client.registerAgent(id, { name: id, capabilities: [] });
  }
  for (const id of ids) await world.popup.getByText(id, { exact: true }).waitFor();
  return world;
}

test('a question that arrives under the pointer waits behind a pill until the pointer leaves', async () => {
  const { popup, service } = await startWithAgents(['alpha', 'gamma']);
  await popup.getByRole('listitem').filter({ hasText: 'gamma' }).hover();
  const before = await placesIn(popup);
  await askToRun(service, 'alpha', 'ls -la');
  await newOnes(popup, 1).waitFor();
  await service.client.registerAgent('beta', { name: 'beta', capabilities: [] });
  await newOnes(popup, 2).waitFor();
  expect(await placesIn(popup)).toEqual(before);
  expect(await violationsIn(popup)).toEqual([]);
  await leaveList(popup);
  await popup.locator('li[data-question]').waitFor();
  await popup.getByText('beta', { exact: true }).waitFor();
  await newOnes(popup, 2).waitFor({ state: 'detached' });
  await popup.getByRole('banner').getByText('3 agents').waitFor();
});

test('N places what waits and goes to it, the most urgent first', async () => {
  const { popup, service } = await startWithAgents(['alpha', 'gamma']);
  await popup.getByRole('listitem').filter({ hasText: 'gamma' }).hover();
  await service.client.registerAgent('beta', { name: 'beta', capabilities: [] });
  await askToRun(service, 'beta', 'ls -la');
  await newOnes(popup, 1).waitFor();
  await popup.keyboard.press('n');
  const card = popup.locator('li[data-question]');
  await card.waitFor();
  await eventually(
    async () => card.evaluate((element) => element === document.activeElement),
    'the question to have the focus',
  );
});

test('a row that fails under the pointer says so in its place', async () => {
  const { popup, service } = await startWithAgents(['alpha', 'gamma']);
  const row = popup.getByRole('listitem').filter({ hasText: 'gamma' });
  await row.hover();
  const places = async () => (await placesIn(popup)).map((place) => place.split(' ')[0]);
  const before = await places();
  const run = '0198c2f4-5b7e-7c1a-9d2e-000000000901';
  const events = [
    { type: 'run.started', agent: 'gamma', run },
    { type: 'run.failed', agent: 'gamma', run, data: { reason: 'exit', message: 'It broke.' } },
  ];
  await service.client.report(JSON.stringify({ events }));
  await row.getByText('It broke.').waitFor();
  expect(await places()).toEqual(before);
  await leaveList(popup);
  await popup.getByRole('list', { name: 'Failed' }).getByText('It broke.').waitFor();
});
