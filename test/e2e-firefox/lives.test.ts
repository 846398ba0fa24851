import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { eventually } from '../support/eventually.ts';
import { startPairedFirefox } from '../support/paired-firefox.ts';

const FAILS = [process.execPath, '-e', 'process.exit(3)'];

/** Counts, and says so, until the test lets it end. */
const COUNTS = `
  const { existsSync } = require('node:fs');
  let n = 0;
  setInterval(() => {
    console.log(\`line \${(n += 1)}\`);
    if (existsSync('end')) process.exit(0);
  }, 20);`;

test('the service restarts in the middle of a run: it goes on, and nothing is lost or doubled', async () => {
  const { browser, popup, service, host } = await startPairedFirefox();
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-restart-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await host({ count: { command: [process.execPath, '-e', COUNTS], cwd: dir } });
  const run = await service.ask('count');
  await popup.row('count', 'Running');
  await eventually(async () => (await service.output(run)).includes('line 10\n'), 'ten lines');

  await service.stop();
  await browser.toolbarShows('!', /^Agentlight: 127\.0\.0\.1:\d+ out of contact$/);
  await service.start();
  await service.whenAgent('count', 'live');
  // it comes back by itself, too, but not always soon
  await popup.clickIfThere('button', 'Retry now');
  await popup.shows('Live');
  writeFileSync(join(dir, 'end'), '');
  await service.whenRun(run, 'succeeded');
  await popup.row('count', 'Idle');

  expect(await browser.notifications()).toEqual([]);
  // one event more or less, and the fold of it would be another
  const { fleet } = await service.client.request<Snapshot>('GET', '/v1/snapshot');
  await eventually(async () => (await browser.view())?.fleet.seq === fleet.seq, 'the last event');
  expect((await browser.view())?.fleet).toEqual(fleet);
});

test('an event page that was taken away hears of everything in its next life, and tells it once', async () => {
  const { browser, popup, service, host } = await startPairedFirefox();
  await host({ tests: { command: FAILS } });
  await popup.close();

  // gone while it happens: the next life hears of it
  await browser.suspend();
  await service.whenRun(await service.ask('tests'), 'failed');
  await (await browser.openPage('options.html')).close();
  await browser.toolbarShows('1', 'Agentlight: 1 failed');
  const [first] = await eventually(async () => {
    const shown = await browser.notifications();
    return shown.length === 1 && shown;
  }, 'a notification');

  // gone after it was told: the next life does not take it back, nor another for it
  await browser.suspend();
  const options = await browser.openPage('options.html');
  await options.shows('Live');
  await browser.toolbarShows('1', 'Agentlight: 1 failed');
  expect(await browser.notifications()).toEqual([first]);
});

test('Firefox leaves the event page alone while the service shows life, and the alarm wakes it after that', async () => {
  const idleMs = 2_000;
  const { browser, popup, service, host } = await startPairedFirefox({
    AGENTLIGHT_HEARTBEAT_MS: String(idleMs / 2),
  });
  await browser.setIdleTimeout(idleMs);
  await host({ tests: { command: FAILS } });
  await popup.close();
  // in this life, for which it had not been told of the shorter time
  await browser.suspend();
  const suspendedAtMs = Date.now();
  await (await browser.openPage('options.html')).close();

  const liveView = async () => {
    const view = await browser.view();
    const { state, sinceMs } = view?.connection ?? { sinceMs: 0 };
    return state === 'live' && sinceMs > suspendedAtMs && view;
  };
  const first = await eventually(liveView, 'the connection');
  const hasLasted = async () => {
    const view = await liveView();
    expect(view).toMatchObject({ connection: first.connection });
    return view && view.asOfMs - first.asOfMs > 4 * idleMs;
  };
  await eventually(hasLasted, 'four times the idle time', 30_000);

  await service.stop();
  await eventually(async () => !(await browser.isAwake()), 'Firefox to suspend it', 30_000);
  await service.start();
  await service.whenAgent('tests', 'live');
  await service.whenRun(await service.ask('tests'), 'failed');
  await eventually(() => browser.isAwake(), 'the alarm', 40_000);
  await browser.toolbarShows('1', 'Agentlight: 1 failed');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
});
