import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 10;

/** Asks `condition` every 10 ms: true as soon as it holds, false when `timeoutMs` have passed. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() >= deadline) return false;
    await delay(intervalMs);
  }
  return true;
}
