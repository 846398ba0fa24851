/** Everything that the popup can do, without a pointer. */
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import type { PairingCode } from '../../protocol/wire/messages.ts';
import { startCommandLine, writeConfig } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { leave } from '../support/paired.ts';
import { startTestService } from '../support/test-service.ts';

const WAITS = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];

test('pairing, running, cancelling, answering, searching, muting and the options by keys alone', async () => {
  const [service, browser] = await Promise.all([startTestService(), openExtensionBrowser()]);
  const popup = await browser.openPopup();
  const { keyboard } = popup;
  const focused = () =>
    popup.evaluate(
      () =>
        document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName ?? '',
    );

  // the code is where one begins
  const { code } = await service.client.request<PairingCode>('POST', '/v1/pairing-codes');
  await popup.getByRole('textbox', { name: 'Pairing code' }).waitFor();
  await keyboard.type(code);
  await keyboard.press('Tab');
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type(service.url);
  await keyboard.press('Enter');
  await popup.getByText('Live').waitFor();

  startCommandLine(['up', '--config', writeConfig({ waits: { command: WAITS } })], service.env);
  await service.whenAgent('waits', 'live');
  await popup.getByRole('list', { name: 'Idle' }).getByText('waits').waitFor();
  await keyboard.press('ArrowDown');
  expect(await focused()).toMatch(/^waits:/);
  await keyboard.press('Enter');
  await popup.getByRole('list', { name: 'Running' }).getByText('waits').waitFor();
  // the row has moved to another list, with the focus
  await eventually(
    async () => (await focused()).startsWith('waits:'),
    'the row to have the focus again',
  );
  await popup.getByRole('button', { name: 'Cancel waits' }).waitFor();
  await keyboard.press('c');
  await popup.getByRole('list', { name: 'Idle' }).getByText('waits').waitFor();

  await service.client.registerAgent('asks', { name: 'asks', capabilities: [] });
  const id = uuidv7();
  const data = {
    kind: 'permission',
    title: 'Deploy?',
    choices: [
      { id: 'yes', label: 'Approve', tone: 'allow' },
      { id: 'no', label: 'Deny', tone: 'deny' },
    ],
    hash: '0'.repeat(64),
  };
  const events = [{ type: 'approval.requested', id, agent: 'asks', data }];
  await service.client.report(JSON.stringify({ events }));
  const card = popup.getByRole('list', { name: 'Needs you' }).getByRole('listitem');
  await card.and(popup.locator('[data-armed=true]')).waitFor();
  // what appears takes no focus: a key that was meant for something else answers nothing
  await keyboard.press('a');
  expect(await card.count()).toBe(1);
  await keyboard.press('Home');
  await keyboard.press('a');
  await card.waitFor({ state: 'detached' });
  const closed = await service.agent('asks');
  expect(closed?.closedApprovals).toMatchObject([{ outcome: 'resolved', choice: 'yes' }]);

  await keyboard.press('/');
  await keyboard.type('nothing is called so');
  await popup.getByText(/Nothing matches/).waitFor();
  await keyboard.press('Escape');
  await keyboard.press('ArrowDown');
  await keyboard.press('m');
  await eventually(
    async () => (await popup.getByRole('img', { name: 'Muted' }).count()) === 1,
    'one to be muted',
  );
  await keyboard.press('?');
  await popup.getByRole('dialog').waitFor();
  await keyboard.press('Escape');
  await popup.getByRole('dialog').waitFor({ state: 'hidden' });

  await popup.getByRole('button', { name: 'Options' }).focus();
  await leave(popup, () => keyboard.press('Enter'));
  // in the tab that is there, as it is an empty one
  const options = await eventually(
    () => browser.context.pages().find((page) => page.url().endsWith('/options.html')),
    'the options',
  );
  await options.getByRole('heading', { name: 'Notifications' }).waitFor();
});

test('Tab reaches every control of the popup, and no place twice', async () => {
  const [service, browser] = await Promise.all([startTestService(), openExtensionBrowser()]);
  const popup = await browser.openPopup();
  const { code } = await service.client.request<PairingCode>('POST', '/v1/pairing-codes');
  await popup.getByRole('textbox', { name: 'Pairing code' }).fill(code);
  await popup.getByRole('textbox', { name: 'Service address' }).fill(service.url);
  await popup.keyboard.press('Enter');
  await popup.getByText('Live').waitFor();
  for (const id of ['one', 'two'])
    await service.client.registerAgent(id, { name: id, capabilities: [] });
  await popup.getByText('two', { exact: true }).waitFor();
  const seen: string[] = [];
  for (;;) {
    await popup.keyboard.press('Tab');
    const name = await popup.evaluate(() => {
      const { activeElement } = document;
      if (!activeElement || activeElement === document.body) return '';
      return activeElement.getAttribute('aria-label') ?? activeElement.textContent ?? '';
    });
    if (name === '' || seen.includes(name)) break;
    seen.push(name);
  }
  expect(seen).toEqual(
    expect.arrayContaining(['Open in the side panel', 'Notifications', 'Options', 'Search agents']),
  );
  // the list is one stop
  expect(seen.filter((name) => /^(one|two): /.test(name))).toHaveLength(1);
});
