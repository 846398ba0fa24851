/**
 * `npm run bench:popup`: how soon the popup shows agents, how long a large catch-up takes, and how much CPU the browser
 * uses at 50 events a second, in a real Chromium with the built extension, the real service and its own database.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { fold } from '../../protocol/fleet/fold.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import { EMPTY_FLEET } from '../../protocol/fleet/fleet.ts';
import { launchWithExtension } from '../../scripts/browser/extension-browser.ts';
import { buildForChrome, CHROME_BUILD } from '../../scripts/browser/extension-build.ts';
import { readConfig } from '../../service/config.ts';
import { startService } from '../../service/service.ts';

const FLEETS = [200, 1_000];
const OPENINGS = 30;
/** A page of one word, for comparison. */
const EMPTY_PAGE = 'empty.html';
const CATCH_UP_EVENTS = 10_000;
const FLOW_PER_SECOND = 50;
const FLOW_MS = 20_000;

declare const chrome: { readonly runtime: { sendMessage(message: object): Promise<unknown> } };

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-bench-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
await buildForChrome();
const emptyPage = join(CHROME_BUILD, EMPTY_PAGE);
await writeFile(emptyPage, '<!doctype html><title>Empty</title><p>Empty');
closing.defer(() => rm(emptyPage));
const token = randomUUID() + randomUUID();
const config = readConfig({ port: 0, dataDir: dir }, { AGENTLIGHT_OWNER_TOKEN: token });
const service = await startService(config, pino({ level: 'silent' }));
closing.defer(() => service.stop());
const { context, worker, urlOf } = await launchWithExtension({ profileDir: join(dir, 'profile') });
closing.defer(() => context.close());
const options = await context.newPage();
await options.goto(urlOf('options.html'));
await options.evaluate((message) => chrome.runtime.sendMessage(message), {
  type: 'connect',
  url: service.url,
  token,
});

let registered = 0;
for (const count of FLEETS) {
  for (; registered < count; registered += 1) await haveRun(`agent-${registered}`);
  const popups: number[] = [];
  const empty: number[] = [];
  for (let n = 0; n < OPENINGS; n += 1) {
    popups.push(await open('popup.html'));
    empty.push(await open(EMPTY_PAGE));
  }
  print(`popup, ${count} agents: from navigation to the agents on the screen`, popups);
  print('  the same of a page of one word', empty);
}
await measureCatchUp();
await measureFlow();

/** Milliseconds from the navigation's start to its first contentful paint: of the popup, nothing is painted before its agents. */
async function open(path: string): Promise<number> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      const painted = list.getEntriesByName('first-contentful-paint')[0];
      if (painted) Object.assign(globalThis, { paintedMs: painted.startTime });
    }).observe({ type: 'paint', buffered: true });
  });
  await page.setViewportSize({ width: 400, height: 600 });
  await page.goto(urlOf(path));
  const paintedMs = await page.waitForFunction(
    () => (globalThis as { paintedMs?: number }).paintedMs,
  );
  const measuredMs = (await paintedMs.jsonValue()) ?? Number.NaN;
  await page.close();
  return measuredMs;
}

/** The fold alone, of progress and other life of 200 runs. */
async function measureCatchUp(): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const events = Array.from({ length: CATCH_UP_EVENTS }, (_, seq) => eventOf(seq + 1));
    const beganAtMs = performance.now();
    fold(EMPTY_FLEET, events);
    times.push(performance.now() - beganAtMs);
  }
  print(`fold of ${CATCH_UP_EVENTS} events at once (Node)`, times);
}

function eventOf(seq: number): LogEvent {
  const agent = `agent-${seq % 200}`;
  const run = `00000000-0000-4000-8000-${String(seq % 200).padStart(12, '0')}`;
  const base = { seq, id: randomUUID(), time: new Date(seq * 1_000).toISOString(), agent };
  if (seq <= 200) {
    const data = { name: agent, capabilities: [] };
    return { ...base, type: 'agent.registered', actor: 'owner', data } as unknown as LogEvent;
  }
  if (seq <= 400) return { ...base, run, type: 'run.started', data: {} } as unknown as LogEvent;
  const data = { value: (seq % 100) / 100, message: `step ${seq}` };
  return { ...base, run, type: 'run.progress', data } as unknown as LogEvent;
}

/** Processor time of the worker's process, which is the extension's. */
async function measureFlow(): Promise<void> {
  await options.goto('about:blank');
  await worker();
  const browser = context.browser();
  const session = await (browser ? browser.newBrowserCDPSession() : undefined);
  const usedMs = async () => {
    const { processInfo } = (await session?.send('SystemInfo.getProcessInfo')) ?? {
      processInfo: [],
    };
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);
  };
  const run = randomUUID();
  await report([{ type: 'run.started', agent: 'agent-0', run }]);
  const before = await usedMs();
  const endsAtMs = performance.now() + FLOW_MS;
  for (let n = 0; performance.now() < endsAtMs; n += 1) {
    const data = { name: `phase ${n}` };
    await report([{ type: 'run.phase', agent: 'agent-0', run, data }]);
    await delay(1_000 / FLOW_PER_SECOND - 3);
  }
  const share = ((await usedMs()) - before) / FLOW_MS;
  console.log(
    `all pages and workers of the browser, ${FLOW_PER_SECOND} events/s, 1,000 agents: ${(share * 100).toFixed(1)} % of a core`,
  );
}

async function haveRun(agent: string): Promise<void> {
  await request('PUT', `/v1/agents/${agent}`, { name: agent, capabilities: ['run'] });
  const run = randomUUID();
  const events = [
    { type: 'run.started', agent, run },
    { type: 'run.progress', agent, run, data: { value: 0.4, message: 'compiling' } },
  ];
  await report(events);
}

function report(events: readonly object[]): Promise<void> {
  return request('POST', '/v1/events', { events });
}

async function request(method: string, path: string, body: object): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const response = await fetch(service.url + path, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  await response.body?.cancel();
}

function print(name: string, valuesMs: readonly number[]): void {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
  console.log(`${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}
