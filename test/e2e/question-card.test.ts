/** What is approved is shown whole and as it is. */
import { expect, test } from 'vitest';
import { violationsIn } from '../support/axe.ts';
import { eventually } from '../support/eventually.ts';
import { startPaired } from '../support/paired.ts';
import { askToRun } from '../support/questions.ts';

const EDIT = `src/cart.ts\n- return cart.items.length;\n${'+ return sum(cart.items);\n'.repeat(60)}+ }`;

test('blanks, invisible characters and right-to-left letters hide nothing of a command', async () => {
  const { popup, service } = await startPaired();
  const ask = async (name: string, command: string) => {
    await service.client.registerAgent(name, { name, capabilities: [] });
    await askToRun(service, name, command);
    const card = popup.locator('li[data-question]').filter({ hasText: name });
    await card.waitFor();
    return card;
  };
  const blanks = await ask('blanks', `ls${' '.repeat(1_200)}; rm -rf ~`);
  expect(await blanks.locator('pre').textContent()).toBe('ls ␣ × 1,200 ; rm -rf ~');
  const nbsp = await ask('nbsp', `ls${'\u00a0'.repeat(1_200)}\u3164; rm -rf ~`);
  expect(await nbsp.locator('pre').textContent()).toBe('ls⟨U+00A0 × 1,200⟩⟨U+3164⟩; rm -rf ~');
  const long = await ask('long', `${'echo ok\n'.repeat(199)}rm -rf ~`);
  await long.getByText('200 lines').waitFor();

  const mixed = await ask('mixed', 'echo א; 123 # rm -rf ~');
  // each character stands to the right of the one before it
  const lefts = await mixed.locator('pre').evaluate((pre) => {
    const found: number[] = [];
    const texts = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const node = texts.currentNode;
      for (let at = 0; at < (node.textContent ?? '').length; at += 1) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        found.push(range.getBoundingClientRect().left);
      }
    }
    return found;
  });
  expect(lefts).toEqual(lefts.toSorted((a, b) => a - b));
  expect(await mixed.getAttribute('aria-label')).toContain('rm -rf ~');
});

test('a diff is coloured and unfolds; the card says until when and takes a reason', async () => {
  const { popup, service } = await startPaired();
  await service.client.registerAgent('edits', { name: 'edits', capabilities: [] });
  await askToRun(service, 'edits', EDIT, {
    title: 'Edit a file',
    freeText: true,
    expiresAt: new Date(Date.now() + 270_000).toISOString(),
  });
  const card = popup.locator('li[data-question]');
  await card.getByText('expires in 4 min').waitFor();
  await card.getByText('+61').waitFor();
  await card.getByText('−1').waitFor();
  const backgrounds = await card
    .locator('pre > span')
    .evaluateAll((lines) => lines.map((line) => getComputedStyle(line).backgroundColor));
  expect(new Set(backgrounds.slice(0, 3)).size).toBe(3);
  const height = async () => (await card.locator('pre').boundingBox())?.height ?? 0;
  const folded = await height();
  await card.getByRole('button', { name: 'Show more' }).click();
  expect(await height()).toBeGreaterThan(folded * 1.5);
  expect(await violationsIn(popup)).toEqual([]);

  await popup.getByRole('heading', { level: 1 }).hover();
  await card.and(popup.locator('[data-armed=true]')).waitFor();
  await card.focus();
  await popup.keyboard.press('Shift+D');
  await popup.keyboard.type('Not without a test');
  await popup.keyboard.press('Enter');
  const closed = await eventually(
    async () => (await service.agent('edits'))?.closedApprovals?.[0],
    'the question to be answered',
  );
  expect(closed).toMatchObject({ choice: 'deny', text: 'Not without a test' });
});

test('when the service is away, nothing looks alive and nothing can be approved', async () => {
  const { popup, service, host } = await startPaired();
  await host({ train: { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] } });
  await service.whenRun(await service.ask('train'), 'running');
  await service.client.registerAgent('asks', { name: 'asks', capabilities: [] });
  await askToRun(service, 'asks', 'ls -la');
  await popup.getByRole('list', { name: 'Running' }).getByText('train').waitFor();
  const card = popup.locator('li[data-question]');
  await card.getByRole('button', { name: 'Approve' }).waitFor();
  await service.stop();
  await popup.getByRole('heading', { level: 1, name: 'Out of date' }).waitFor();
  await popup
    .getByRole('banner')
    .getByText(/^as of \d/)
    .waitFor();
  await card.getByText('Answer it in its terminal').waitFor();
  expect(await card.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  const row = popup.getByRole('listitem').filter({ hasText: 'train' });
  await row.getByText(/^since \d/).waitFor();
  expect(await row.getByRole('button').count()).toBe(0);
  const animations = await row.evaluate((element) => element.getAnimations({ subtree: true }));
  expect(animations).toEqual([]);
});
