/**
 * The worker is killed, as browsers do with it, at random moments and at each step of taking a batch: no notification
 * is lost or doubled, and the badge is right soon after the next life has begun.
 *
 * `AGENTLIGHT_KILLS=100 npx vitest run --project e2e test/e2e/killed-worker.test.ts` for more than the usual number.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Paired } from '../support/paired.ts';
import { closePopup, startPaired } from '../support/paired.ts';

const RANDOM_KILLS = Number(process.env['AGENTLIGHT_KILLS'] ?? 12);
/** A failure is reported, stored, streamed, folded, saved and shown within this time. */
const MOMENT_MS = 60;
const REVIVED_MS = 2_000;

/** What the worker's own world has. */
declare const chrome: {
  readonly storage: { readonly local: { set(items: object): Promise<void> } };
  readonly notifications: { create(id: string, options: object): Promise<string> };
};
declare let reached: boolean;

/** Steps at which the worker stands still, as if it had been killed there. */
const STEPS = {
  'before the state is written': () => {
    chrome.storage.local.set = () => {
      reached = true;
      return new Promise(() => {});
    };
  },
  'when the state is written': () => {
    const { set } = chrome.storage.local;
    chrome.storage.local.set = async (items) => {
      await set.call(chrome.storage.local, items);
      reached = true;
      return new Promise(() => {});
    };
  },
  'before the notification is shown': () => {
    chrome.notifications.create = () => {
      reached = true;
      return new Promise(() => {});
    };
  },
  'when the notification is shown': () => {
    const { create } = chrome.notifications;
    chrome.notifications.create = async (id, options) => {
      await create.call(chrome.notifications, id, options);
      reached = true;
      return new Promise(() => {});
    };
  },
};

async function startWatched(): Promise<Paired> {
  const world = await startPaired();
  await world.service.client.registerAgent('tests', { name: 'Tests', capabilities: [] });
  await closePopup(world);
  return world;
}

async function fail({ service: { client } }: Paired): Promise<void> {
  const run = uuidv7();
  const events = [
    { type: 'run.started', agent: 'tests', run },
    { type: 'run.failed', agent: 'tests', run, data: { reason: 'exit', message: 'It broke.' } },
  ];
  await client.report(JSON.stringify({ events }));
}

/** Anything that wakes it: here a page that nobody sees the agents on. Resolves when the worker has answered. */
async function revive({ browser }: Paired): Promise<void> {
  const page = await browser.openPage('options.html');
  await browser.wake(page);
  await page.close();
}

/** One failure is told, and shown on the badge; then all is well again. */
async function toldOnce(world: Paired): Promise<void> {
  const { browser, service } = world;
  const revivedAtMs = performance.now();
  await eventually(async () => (await browser.badge()) === '1', 'the badge to say 1');
  expect(performance.now() - revivedAtMs).toBeLessThan(REVIVED_MS);
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  const told = await browser.recordNotifications();
  const run = uuidv7();
  const events = [
    { type: 'run.started', agent: 'tests', run },
    { type: 'run.succeeded', agent: 'tests', run },
  ];
  await service.client.report(JSON.stringify({ events }));
  await eventually(async () => (await browser.badge()) === '', 'the badge to be empty');
  await eventually(async () => (await browser.notifications()).length === 0, 'it to be gone');
  expect(await told()).toEqual([]);
}

test.each(Object.keys(STEPS) as (keyof typeof STEPS)[])('%s', async (step) => {
  const world = await startWatched();
  const worker = await world.browser.worker();
  await worker.evaluate('globalThis.reached = false');
  await worker.evaluate(STEPS[step]);
  await fail(world);
  await eventually(() => worker.evaluate(() => reached), 'the step');
  await world.browser.killWorker();
  await revive(world);
  await toldOnce(world);
});

test(`at ${RANDOM_KILLS} random moments`, async () => {
  const world = await startWatched();
  for (let kill = 0; kill < RANDOM_KILLS; kill += 1) {
    const failing = fail(world);
    await delay(Math.random() * MOMENT_MS);
    await world.browser.killWorker();
    await failing;
    await revive(world);
    await toldOnce(world);
  }
}, 600_000);
