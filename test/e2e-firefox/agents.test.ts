import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startPairedFirefox } from '../support/paired-firefox.ts';

const FAILS = [
  process.execPath,
  '-e',
  "console.log('one thing'); console.error('the last thing it said'); process.exitCode = 3",
];

test('a failure shows in the toolbar, as a notification and in the popup', async () => {
  const { browser, popup, service, host } = await startPairedFirefox();
  await host({ tests: { command: FAILS } });
  await popup.close();
  await service.whenRun(await service.ask('tests'), 'failed');
  await browser.toolbarShows('1', 'Agentlight: 1 failed');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  expect(await browser.notifications()).toMatchObject([
    { title: 'tests failed', message: 'the last thing it said' },
  ]);

  const again = await browser.openPopup();
  expect(await again.row('tests', 'Failed')).toMatch(/^tests: failed, .*the last thing it said$/);
  await browser.toolbarShows('', 'Agentlight: all quiet');
  await eventually(async () => (await browser.notifications()).length === 0, 'no notification');
});

test('Run begins a command and Cancel ends it', async () => {
  const { browser, popup, service, host } = await startPairedFirefox();
  await host({ build: { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] } });
  await popup.row('build', 'Idle');
  await popup.click('button', 'Run build');
  await popup.row('build', 'Running');
  await browser.toolbarShows('1', 'Agentlight: 1 running');
  await popup.click('button', 'Cancel build');
  expect(await popup.row('build', 'Idle')).toMatch(/^build: cancelled/);
  const { recent } = await service.whenAgent('build', 'live');
  expect(recent.map(({ status }) => status)).toEqual(['cancelled']);
  await browser.toolbarShows('', 'Agentlight: all quiet');
});

test('a runner that is killed is out of contact, and told', async () => {
  const { browser, popup, host } = await startPairedFirefox();
  const runner = await host({ build: { command: [process.execPath, '-e', ''] } });
  await popup.row('build', 'Idle');
  await popup.close();
  runner.child.kill('SIGKILL');
  await browser.toolbarShows('1', 'Agentlight: 1 offline');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  expect(await browser.notifications()).toMatchObject([{ title: 'build is offline' }]);
  await (await browser.openPopup()).row('build', 'Out of contact');
});
