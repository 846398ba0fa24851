import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { closePopup, startPaired } from '../support/paired.ts';

const FAILS = [
  process.execPath,
  '-e',
  "console.log('one thing'); console.error('the last thing it said'); process.exitCode = 3",
];

test('a failure is told once, with the last line of the output', async () => {
  const world = await startPaired();
  const { browser, service, host } = world;
  await host({ tests: { command: FAILS } });
  await closePopup(world);
  const told = await browser.recordNotifications();
  const run = await service.ask('tests');
  await service.whenRun(run, 'failed');
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  expect(await browser.title()).toBe('Agentlight: 1 failed');
  expect(await told()).toEqual([
    { title: 'tests failed', message: 'the last thing it said', id: expect.any(String) as string },
  ]);
});

test('it is told once also when the worker is killed and revived in between', async () => {
  const world = await startPaired();
  const { browser, service, host } = world;
  await host({ tests: { command: FAILS } });
  await closePopup(world);

  // dead while it happens: the next life hears of it
  await browser.killWorker();
  await service.whenRun(await service.ask('tests'), 'failed');
  const woken = await browser.openPage('options.html');
  await browser.wake(woken);
  await woken.close();
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  const [first] = await browser.notifications();

  // dead after it was told: the next life does not tell it again
  await browser.killWorker();
  const options = await browser.openPage('options.html');
  const told = await browser.recordNotifications();
  await options.getByText('Live').waitFor();
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');

  // and what comes next is told
  await service.whenRun(await service.ask('tests'), 'failed');
  await eventually(async () => {
    const [next] = await browser.notifications();
    return next !== undefined && next !== first;
  }, 'the next one');
  expect(await browser.notifications()).toHaveLength(1);
  expect((await told()).map(({ id }) => id)).toEqual(await browser.notifications());
});

test('a notification is taken back when it is not true any more, and when it was seen', async () => {
  const world = await startPaired();
  const { browser, service, host } = world;
  await host({ tests: { command: FAILS }, other: { command: FAILS } });
  await closePopup(world);
  await service.whenRun(await service.ask('tests'), 'failed');
  await service.whenRun(await service.ask('other'), 'failed');
  await eventually(async () => (await browser.notifications()).length === 2, 'two notifications');
  await browser.openPopup();
  await eventually(async () => (await browser.notifications()).length === 0, 'them to be gone');
  expect(await browser.badge()).toBe('');
});

test('many at once are one notification', async () => {
  const world = await startPaired();
  const { browser, host } = world;
  const agents = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((id) => [id, { command: [process.execPath, '-e', ''] }]),
  );
  const runner = await host(agents);
  await closePopup(world);
  const told = await browser.recordNotifications();
  runner.child.kill('SIGKILL');
  await eventually(async () => (await browser.badge()) === '5', 'the badge to say 5');
  await eventually(async () => (await browser.notifications()).length > 0, 'a notification');
  expect(await told()).toEqual([
    {
      id: expect.stringContaining(':digest:') as string,
      title: '5 agents need attention',
      message: 'a, b, c, d, e',
    },
  ]);
});
