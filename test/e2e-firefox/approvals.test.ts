import { expect, test } from 'vitest';
import { startCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { startPairedFirefox } from '../support/paired-firefox.ts';

test('a question reaches badge, notification and popup, and its answer the script', async () => {
  const { browser, popup, service } = await startPairedFirefox();
  await popup.close();
  const ask = ['ask', 'Deploy to production?', '--details', './deploy', '--name', 'Release'];
  const asking = startCommandLine(ask, service.env);
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');
  expect(await browser.title()).toBe('Agentlight: 1 waiting for you');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');

  const card = await browser.openPopup();
  await card.shows('./deploy');
  // it takes no answer in its first half second
  await card.has('[data-question][data-armed=true]');
  await card.click('button', 'yes: Release');
  expect((await asking.ended).exitCode).toBe(0);
  expect(asking.stdout()).toBe('yes\n');
  await card.lacks('[data-question]');
  await eventually(async () => (await browser.badge()) === '', 'the badge to be empty');
  await eventually(async () => (await browser.notifications()).length === 0, 'no notification');
});
