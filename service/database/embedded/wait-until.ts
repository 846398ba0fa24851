import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 10;

/** Checks `condition` every 10 ms. Resolves with true as soon as it holds, or with false after `timeoutMs`. */
export async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() >= deadline) return false;
    await delay(intervalMs);
  }
  return true;
}
