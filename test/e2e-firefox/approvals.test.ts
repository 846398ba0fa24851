import { expect, test } from 'vitest';
import { startCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { startPairedFirefox } from '../support/paired-firefox.ts';

test('a question reaches badge, notification and popup, and its answer the script', async () => {
  const { browser, popup, service } = await startPairedFirefox();
  await popup.close();
  const ask = ['ask', 'Deploy to production?', '--details', './deploy', '--name', 'Release'];
  const asking = startCommandLine(ask, service.env);
  await browser.toolbarShows('1', 'Agentlight: 1 needs you');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');

  const card = await browser.openPopup();
  await card.shows('./deploy');
  // it takes no answer in its first half second
  await card.has('[data-question][data-armed=true]');
  await card.click('button', 'yes: Release');
  expect((await asking.ended).exitCode).toBe(0);
  expect(asking.stdout()).toBe('yes\n');
  await card.lacks('[data-question]');
  await browser.toolbarShows('', 'Agentlight: all quiet');
  await eventually(async () => (await browser.notifications()).length === 0, 'no notification');
});
