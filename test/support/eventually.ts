import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';

type Nothing = undefined | false | '' | 0;

/** Waits until `read` gives something, and returns it; fails after `limitMs`. */
export async function eventually<T>(
  read: () => T | Nothing | Promise<T | Nothing>,
  what: string,
  limitMs = 10_000,
): Promise<T> {
  const endsAtMs = performance.now() + limitMs;
  while (performance.now() < endsAtMs) {
    const value = await read();
    if (value) return value;
    await delay(20);
  }
  return expect.unreachable(`waited ${limitMs / 1_000} s for ${what}`);
}

/** Whether a process is there; one that has ended and that nobody has asked about yet is not. */
export function isRunning(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.startsWith('Z');
  } catch {
    // ps says by its exit code that there is none
    return false;
  }
}
