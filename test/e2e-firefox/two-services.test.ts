/** Home and work: two services in one browser, each with its own state. */
import { expect, test } from 'vitest';
import { startCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { pairFirefox, startPairedFirefox } from '../support/paired-firefox.ts';
import type { TestService } from '../support/test-service.ts';
import { startTestService } from '../support/test-service.ts';

const hostOf = ({ url }: TestService) => new URL(url).host;

test('both are shown and counted, and one that is away takes nothing from the other', async () => {
  const { browser, popup, service: home } = await startPairedFirefox();
  const work = await startTestService();
  const options = await browser.openPage('options.html');
  await pairFirefox(work, options);
  await options.close();
  const run = (service: TestService, name: string) =>
    startCommandLine(['run', '--name', name, '--', 'false'], service.env).ended;
  await Promise.all([run(home, 'At home'), run(work, 'At work')]);

  const within = (service: TestService) => `section[aria-label="${hostOf(service)}"]`;
  await popup.has(`${within(home)} [aria-label^="At home: failed"]`);
  await popup.has(`${within(work)} [aria-label^="At work: failed"]`);
  await popup.lacks(`${within(home)} [aria-label^="At work"]`);

  await work.stop();
  await popup.shows(`Nothing answers at ${hostOf(work)}`);
  await popup.close();
  await run(home, 'Again at home');
  await browser.toolbarShows('1', `Agentlight: 1 failed, ${hostOf(work)} out of contact`);
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  expect(await browser.notifications()).toMatchObject([{ title: 'Again at home failed' }]);
});
