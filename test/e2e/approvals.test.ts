import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { startCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { closePopup, startPaired } from '../support/paired.ts';

const ASK = [
  'ask',
  'Deploy to production?',
  '--details',
  './deploy --env production',
  '--name',
  'Release',
];

test('a question reaches badge, notification and popup, and its answer the script', async () => {
  const world = await startPaired();
  const { browser, service } = world;
  await closePopup(world);
  const asking = startCommandLine(ASK, service.env);
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');
  expect(await browser.title()).toBe('Agentlight: 1 needs you');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');

  const popup = await browser.openPopup();
  const card = popup.getByRole('list', { name: 'Needs you' }).getByRole('listitem');
  await card.getByText('./deploy --env production').waitFor();
  await armed(card);
  await card.getByRole('button', { name: 'yes: Release' }).click();
  expect((await asking.ended).exitCode).toBe(0);
  expect(asking.stdout()).toBe('yes\n');
  await card.waitFor({ state: 'detached' });
  await eventually(async () => (await browser.badge()) === '', 'the badge to be empty');
  await eventually(async () => (await browser.notifications()).length === 0, 'no notification');
});

test('keys answer the question that has the focus, and no other', async () => {
  const { browser, popup, service } = await startPaired();
  const first = startCommandLine([...ASK.slice(0, -1), 'First'], service.env);
  const cards = popup.getByRole('list', { name: 'Needs you' }).getByRole('listitem');
  await cards.filter({ hasText: 'First' }).waitFor();
  const second = startCommandLine([...ASK.slice(0, -1), 'Second'], service.env);
  const card = cards.filter({ hasText: 'Second' });
  await card.waitFor();
  await popup.keyboard.press('d');
  await card.focus();
  await armed(card);
  await popup.keyboard.press('d');
  expect((await second.ended).exitCode).toBe(1);
  expect(await browser.badge()).toBe('1');
  await cards.filter({ hasText: 'First' }).waitFor();
  first.child.kill('SIGTERM');
  await first.ended;
  await cards.first().waitFor({ state: 'detached' });
});

test('a question that is answered within the grace is no notification', async () => {
  const world = await startPaired();
  const { browser, popup, service } = world;
  const told = await browser.recordNotifications();
  const asking = startCommandLine(ASK, service.env);
  const card = popup.getByRole('list', { name: 'Needs you' }).getByRole('listitem');
  await armed(card);
  await card.getByRole('button', { name: 'no: Release' }).click();
  expect((await asking.ended).exitCode).toBe(1);
  await eventually(async () => (await browser.badge()) === '', 'the badge to be empty');
  expect(await told()).toEqual([]);
});

/** A card takes no answer in its first half second. */
const armed = (card: Locator) => card.and(card.page().locator('[data-armed=true]')).waitFor();
