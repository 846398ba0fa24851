import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Snapshot } from '../../protocol/wire.ts';
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
  await eventually(async () => (await browser.fleet())?.seq === fleet.seq, 'the last event');
  expect(await browser.fleet()).toEqual(fleet);
});

test('life', { timeout: 400_000 }, async () => {
  const { browser, popup, service } = await startPairedFirefox();
  await popup.close();
  const t0 = performance.now();
  let before = '';
  for (;;) {
    const s = performance.now() - t0;
    if (s > 150_000) break;
    const now = String(await browser.isAwake()) + 'x';
    const headers = { Authorization: `Bearer ${service.env['AGENTLIGHT_TOKEN']}` };
    const m = await (await fetch(`${service.url}/metrics`, { headers })).text();
    const streams = m
      .split('\n')
      .filter((l) => /stream.*\d$/.test(l) && !l.startsWith('#'))
      .join(' | ')
      .slice(0, 300);
    if (now + streams !== before) console.log((s / 1000).toFixed(1), now, streams);
    before = now + streams;
    await new Promise((r) => setTimeout(r, 200));
  }
});
