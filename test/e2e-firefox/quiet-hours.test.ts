import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startPairedFirefox } from '../support/paired-firefox.ts';

test('what happens in quiet hours is one notification when they are over', async () => {
  const { browser, popup, service } = await startPairedFirefox();
  const fail = async (agent: string) => {
    await service.client.registerAgent(agent, { name: agent, capabilities: [] });
    const run = uuidv7();
    const events = [
      { type: 'run.started', agent, run },
      { type: 'run.failed', agent, run, data: { reason: 'exit', message: 'It broke.' } },
    ];
    await service.client.report(JSON.stringify({ events }));
  };
  await popup.close();
  const options = await browser.openPage('options.html');
  const change = (changes: object) =>
    options.run('return browser.runtime.sendMessage(args[0])', [{ type: 'change', changes }]);
  await change({ quietHours: true, quietFrom: '00:00', quietTo: '00:00' });
  await fail('tests');
  await fail('build');
  await browser.toolbarShows('2', /^Agentlight: 2 failed \(quiet until .+\)$/);
  expect(await browser.notifications()).toEqual([]);
  // another life of the event page has not forgotten what this one has heard
  const isHeld = async () => (await browser.view())?.outbox.length === 2;
  await eventually(isHeld, 'both to be held');
  await browser.suspend();
  await change({});
  expect(await browser.notifications()).toEqual([]);
  await change({ quietHours: false });
  await eventually(async () => (await browser.notifications()).length === 1, 'the summary');
  expect(await browser.notifications()).toMatchObject([
    { title: 'While notifications were paused: 2 failed', message: 'tests, build' },
  ]);
  await browser.toolbarShows('2', 'Agentlight: 2 failed');
});
