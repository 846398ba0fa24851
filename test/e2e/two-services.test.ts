/** Home and work: two services in one browser, each with its own state. */
import { expect, test } from 'vitest';
import { startCommandLine } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { closePopup, pair, startPaired } from '../support/paired.ts';
import { startTestService } from '../support/test-service.ts';

test('both are shown and counted, and one that is away takes nothing from the other', async () => {
  const world = await startPaired();
  const { browser, service: home } = world;
  const work = await startTestService();
  const options = await browser.openPage('options.html');
  await pair(work, options);
  await options.close();
  const popup = await browser.openPopup();
  const run = (service: typeof home, name: string) =>
    startCommandLine(['run', '--name', name, '--', 'false'], service.env).ended;
  await Promise.all([run(home, 'At home'), run(work, 'At work')]);

  const ofService = (url: string) => popup.getByRole('region', { name: new URL(url).host });
  await ofService(home.url).getByText('At home').waitFor();
  await ofService(work.url).getByText('At work').waitFor();
  expect(await ofService(home.url).getByText('At work').count()).toBe(0);

  await work.stop();
  await popup.getByText(/Nothing answers at/).waitFor();
  await closePopup({ popup });
  await run(home, 'Again at home');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  const title = `Agentlight: 1 failed, ${new URL(work.url).host} out of contact`;
  await eventually(async () => (await browser.title()) === title, `the title "${title}"`);
});
