import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startPaired } from '../support/paired.ts';

test('a runner that is killed shows everywhere within a second', async () => {
  const { browser, popup, host } = await startPaired();
  const runner = await host({ build: { command: [process.execPath, '-e', ''] } });
  await popup.getByRole('list', { name: 'Idle' }).getByText('build').waitFor();
  // somebody who looks at the popup needs no notification
  await popup.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }));
  const told = await browser.recordNotifications();

  const killedAtMs = performance.now();
  runner.child.kill('SIGKILL');
  await popup.getByRole('list', { name: 'Out of contact' }).getByText('build').waitFor();
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');
  await eventually(async () => (await told()).length === 1, 'a notification');
  expect(performance.now() - killedAtMs).toBeLessThan(1_000);
  expect(await told()).toMatchObject([{ title: 'build is offline' }]);
  expect(await browser.title()).toBe('Agentlight: 1 offline');
});

test('a runner that is stopped on purpose is offline without alarm', async () => {
  const { browser, popup, host } = await startPaired();
  const runner = await host({ build: { command: [process.execPath, '-e', ''] } });
  runner.child.kill('SIGTERM');
  await popup.getByRole('list', { name: 'Offline' }).getByText('build').waitFor();
  expect(await browser.badge()).toBe('');
  expect(await browser.notifications()).toEqual([]);
});

test('a service that is away shows as a mark on the badge and in words, and then as if nothing had been', async () => {
  const { browser, popup, service } = await startPaired();
  await service.stop();
  await popup.getByText(/Nothing answers at 127/).waitFor();
  await eventually(async () => (await browser.badge()) === '!', 'the mark on the badge');
  expect(await browser.title()).toMatch(/^Agentlight: 127\.0\.0\.1:\d+ out of contact$/);
  await service.start();
  await popup.getByRole('button', { name: 'Retry now' }).click();
  await popup.getByText('Live').waitFor();
  await eventually(async () => (await browser.badge()) === '', 'the mark to be gone');
});
