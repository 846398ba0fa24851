/** A platform of the client whose time passes only when a test says so. */
import type { Platform } from '../../protocol/client/platform.ts';
import { GLOBAL_PLATFORM } from '../../protocol/client/platform.ts';

interface Timer {
  readonly act: () => void;
  readonly delayMs: number;
  readonly atMs: number;
}

export interface TestPlatform extends Platform {
  /** Timers that are running. */
  timers(): number;
  /** Lets time pass, and runs the timers whose time has come, the earliest first. */
  advance(ms: number): void;
  /** Resolves as soon as a timer of this length is running. */
  whenScheduled(delayMs: number): Promise<void>;
}

/** @param random what it always gives. */
export function createTestPlatform(random = 1): TestPlatform {
  const timers = new Set<Timer>();
  const waiting: { delayMs: number; resolve: () => void }[] = [];
  let nowMs = 1_000_000;
  return {
    fetch: GLOBAL_PLATFORM.fetch,
    now: () => nowMs,
    random: () => random,
    schedule(act, delayMs) {
      const timer = { act, delayMs, atMs: nowMs + delayMs };
      timers.add(timer);
      for (const one of waiting) if (one.delayMs === delayMs) one.resolve();
      return () => void timers.delete(timer);
    },
    timers: () => timers.size,
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const due = [...timers].filter(({ atMs }) => atMs <= endMs);
        const [next] = due.toSorted((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.act();
      }
      nowMs = endMs;
    },
    whenScheduled(delayMs) {
      if ([...timers].some((timer) => timer.delayMs === delayMs)) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ delayMs, resolve }));
    },
  };
}
