/** Two clicks, presses or touches where one is meant never act on what comes after. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import type { Run } from '../../protocol/fleet/fleet.ts';
import { eventually } from '../support/eventually.ts';
import { startPaired } from '../support/paired.ts';
import { askToRun } from '../support/questions.ts';

/** Between the two clicks. The time is what is tested. */
const GAPS_MS = [40, 120, 250, 450, 700];
const GOES_ON = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];

test('a double click on Approve approves one question, at any gap', async () => {
  const { popup, service } = await startPaired();
  await service.client.registerAgent('first', { name: 'first', capabilities: [] });
  await service.client.registerAgent('second', { name: 'second', capabilities: [] });
  for (const gapMs of GAPS_MS) {
    const [harmless, dangerous] = await askTwo(popup, service);
    await clickTwice(harmless.getByRole('button', { name: 'Approve' }), gapMs);
    await popup.locator('[data-outcome=allow]').getByText('ls -la').waitFor();
    // if the second click had approved it, this answer would come too late
    await leaveList(popup);
    await armed(dangerous);
    await dangerous.getByRole('button', { name: 'Deny' }).click();
    await eventually(
      async () => (await service.agent('second'))?.closedApprovals?.at(-1)?.choice === 'deny',
      `rm -rf to be denied, with a gap of ${gapMs} ms`,
    );
    expect((await service.agent('first'))?.closedApprovals?.at(-1)?.choice).toBe('allow');
    await leaveList(popup);
    await popup.locator('[data-outcome]').first().waitFor({ state: 'detached' });
  }
});

test('a key that is pressed twice answers one question; the next one gets the focus', async () => {
  const { popup, service } = await startPaired();
  await service.client.registerAgent('first', { name: 'first', capabilities: [] });
  await service.client.registerAgent('second', { name: 'second', capabilities: [] });
  for (const gapMs of [40, 120, 250]) {
    await leaveList(popup);
    const [harmless, dangerous] = await askTwo(popup, service);
    await harmless.focus();
    await popup.keyboard.press('a');
    await pause(gapMs);
    await popup.keyboard.press('a');
    await popup.getByRole('status').filter({ hasText: 'Approved: first, ls -la' }).waitFor({
      state: 'attached',
    });
    await armed(dangerous);
    expect(await dangerous.evaluate((card) => card === document.activeElement)).toBe(true);
    expect(await dangerous.getAttribute('aria-label')).toContain('rm -rf /var/data');
    await popup.keyboard.press('d');
    await eventually(
      async () => (await service.agent('second'))?.closedApprovals?.at(-1)?.choice === 'deny',
      `rm -rf to be denied, with a gap of ${gapMs} ms`,
    );
    await popup.locator('[data-outcome]').first().waitFor({ state: 'detached' });
  }
});

test('a question that is answered elsewhere leaves no other one under the pointer', async () => {
  const { popup, service } = await startPaired();
  await service.client.registerAgent('first', { name: 'first', capabilities: [] });
  await service.client.registerAgent('second', { name: 'second', capabilities: [] });
  const [harmless, dangerous, id] = await askTwo(popup, service);
  const approve = harmless.getByRole('button', { name: 'Approve' });
  const { x, y } = await centerOf(approve);
  await popup.mouse.move(x, y);
  const before = await topOf(dangerous);
  const path = `/v1/approvals/${id}/decision`;
  await service.client.request('POST', path, { body: { choice: 'deny', hash: '0'.repeat(64) } });
  await popup.locator('[data-outcome=deny]').waitFor();
  await popup.mouse.down();
  await popup.mouse.up();
  expect(await topOf(dangerous)).toBe(before);
  // the pointer leaves: what it kept in its place moves up and takes no click for a moment
  await leaveList(popup);
  await eventually(async () => (await topOf(dangerous)) < before, 'the card to move up');
  await armed(dangerous);
  expect((await service.agent('second'))?.approvals).toHaveLength(1);
});

test('a double click on Cancel cancels, and neither runs nor queues, at any gap', async () => {
  const { popup, service, host } = await startPaired();
  await host({ lint: { command: GOES_ON } });
  const row = popup.getByRole('listitem').filter({ hasText: 'lint' });
  for (const gapMs of GAPS_MS) {
    await leaveList(popup);
    const run = await service.ask('lint');
    await service.whenRun(run, 'running');
    await row.hover();
    const cancel = row.getByRole('button', { name: 'Cancel lint', disabled: false });
    await clickTwice(cancel, gapMs);
    await service.whenRun(run, 'cancelled');
  }
  await leaveList(popup);
  await row.hover();
  await row.getByRole('button', { name: 'Run lint' }).click();
  const last = await eventually(async () => (await service.agent('lint'))?.runs[0], 'the last run');
  const { runs } = await service.client.request<{ runs: Run[] }>('GET', '/v1/runs?agent=lint');
  expect(runs.map(({ status }) => status === 'cancelled')).toEqual([
    false,
    ...GAPS_MS.map(() => true),
  ]);
  expect(runs[0]?.id).toBe(last);
});

test('Cancel becomes no other action while the pointer is on it, and Enter only opens', async () => {
  const { browser, popup, service, host } = await startPaired();
  await host({ lint: { command: GOES_ON } });
  const run = await service.ask('lint');
  await service.whenRun(run, 'running');
  const row = popup.getByRole('listitem').filter({ hasText: 'lint' });
  await row.focus();
  const opened = browser.context.waitForEvent('page');
  await popup.keyboard.press('Enter');
  expect((await opened).url()).toContain(run);
  await (await opened).close();
  expect((await service.run(run)).cancelRequestedBy).toBeUndefined();

  await row.hover();
  await row.getByRole('button', { name: 'Cancel lint', disabled: false }).click();
  await service.whenRun(run, 'cancelled');
  await row.getByText(/Cancelled after/).waitFor();
  await row.getByRole('button', { name: 'Cancel lint', disabled: true }).waitFor();
  expect(await row.getByRole('button', { name: 'Run lint' }).count()).toBe(0);
  await leaveList(popup);
  await row.getByRole('button', { name: 'Run lint' }).waitFor();
});

/** The cards of a harmless question and of a dangerous one below it, both armed, and the id of the first. */
async function askTwo(
  popup: Page,
  service: Parameters<typeof askToRun>[0],
): Promise<readonly [Locator, Locator, string]> {
  const card = (command: string) => popup.locator('li[data-question]').filter({ hasText: command });
  const id = await askToRun(service, 'first', 'ls -la');
  const harmless = card('ls -la');
  await harmless.waitFor();
  await askToRun(service, 'second', 'rm -rf /var/data');
  const dangerous = card('rm -rf /var/data');
  await armed(harmless);
  await armed(dangerous);
  return [harmless, dangerous, id];
}

const armed = (card: Locator) => card.and(card.page().locator('[data-armed=true]')).waitFor();

async function centerOf(target: Locator): Promise<{ x: number; y: number }> {
  const box = await target.boundingBox();
  if (!box) return expect.unreachable('it has no place');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function topOf(target: Locator): Promise<number> {
  return target.evaluate((element) => element.getBoundingClientRect().top);
}

async function clickTwice(target: Locator, gapMs: number): Promise<void> {
  const { mouse } = target.page();
  const { x, y } = await centerOf(target);
  await mouse.move(x, y);
  await mouse.down({ clickCount: 1 });
  await mouse.up({ clickCount: 1 });
  await pause(gapMs);
  await mouse.down({ clickCount: 2 });
  await mouse.up({ clickCount: 2 });
}

/** To the headline, which is above the list. */
async function leaveList(popup: Page): Promise<void> {
  await popup.getByRole('heading', { level: 1 }).first().hover();
}
