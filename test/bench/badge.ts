/**
 * `npm run bench:badge`: the time from an event until the badge shows it, in a real Chromium with the built extension, the
 * real service and its own database.
 *
 * "sent" counts from sending the request, so it includes the commit. "committed" counts from its answer, which comes after
 * the commit. The time from the commit to the badge lies between the two.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { launchWithExtension } from '../../scripts/browser/extension-browser.ts';
import { buildForChrome } from '../../scripts/browser/extension-build.ts';
import { readConfig } from '../../service/config.ts';
import { startService } from '../../service/service.ts';

const EVENTS = 200;
/** Not counted: the engines warm up. */
const WARM_UP = 20;

declare const chrome: {
  readonly action: { setBadgeText(details: { text: string }): Promise<void> };
  readonly runtime: { sendMessage(message: object): Promise<unknown> };
};
declare function badgeChanged(text: string, atMs: number): void;

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-bench-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
await buildForChrome();
const token = randomUUID() + randomUUID();
const config = readConfig({ port: 0, dataDir: dir }, { AGENTLIGHT_OWNER_TOKEN: token });
const service = await startService(config, pino({ level: 'silent' }));
closing.defer(() => service.stop());

const {
  context,
  worker: findWorker,
  urlOf,
} = await launchWithExtension({ profileDir: join(dir, 'profile') });
closing.defer(() => context.close());
const worker = await findWorker();
const page = await context.newPage();
await page.goto(urlOf('options.html'));
await page.evaluate((message) => chrome.runtime.sendMessage(message), {
  type: 'connect',
  url: service.url,
  token,
});

let onBadgeChange: (change: { text: string; atMs: number }) => void = () => {};
const observer = await observeBadge();
await request('PUT', '/v1/agents/bench', { name: 'Bench', capabilities: [] });

const sentToBadge: number[] = [];
const committedToBadge: number[] = [];
let run = '';
for (let n = 0; n < WARM_UP + EVENTS; n += 1) {
  const isStart = n % 2 === 0;
  if (isStart) run = randomUUID();
  const type = isStart ? 'run.started' : 'run.succeeded';
  const shown = observer(isStart ? '1' : '');
  const sentAtMs = nowMs();
  await request('POST', '/v1/events', { events: [{ type, agent: 'bench', run }] });
  const committedAtMs = nowMs();
  const shownAtMs = await shown;
  if (n < WARM_UP) continue;
  sentToBadge.push(shownAtMs - sentAtMs);
  committedToBadge.push(Math.max(0, shownAtMs - committedAtMs));
}
print('sent → badge', sentToBadge);
print('committed → badge', committedToBadge);

/** Reports when the worker sets a text, by the worker's clock. */
async function observeBadge() {
  await page.exposeBinding('badgeChanged', (_source, text: string, atMs: number) =>
    onBadgeChange({ text, atMs }),
  );
  // only pages can have a binding, so the worker sends a message to the page
  await page.evaluate(() => {
    new BroadcastChannel('bench').addEventListener('message', ({ data }) =>
      badgeChanged(data.text, data.atMs),
    );
  });
  await worker.evaluate(() => {
    const channel = new BroadcastChannel('bench');
    const set = chrome.action.setBadgeText.bind(chrome.action);
    Object.assign(chrome.action, {
      setBadgeText: async (details: { text: string }) => {
        await set(details);
        channel.postMessage({
          text: details.text,
          atMs: performance.timeOrigin + performance.now(),
        });
      },
    });
  });
  return (wanted: string) =>
    new Promise<number>((resolve) => {
      onBadgeChange = ({ text, atMs }) => {
        if (text === wanted) resolve(atMs);
      };
    });
}

async function request(method: string, path: string, body: object): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const response = await fetch(service.url + path, { method, headers, body: JSON.stringify(body) });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  await response.body?.cancel();
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function print(name: string, valuesMs: number[]): void {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  console.log(
    `${name.padEnd(20)} p50 ${at(0.5)} ms   p90 ${at(0.9)} ms   p99 ${at(0.99)} ms   max ${at(1)} ms   (${sorted.length} events)`,
  );
}
