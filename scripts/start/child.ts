/** A long-running child process of `npm start`, read line by line. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

const LINES_KEPT = 20;
const WINDOWS = process.platform === 'win32';
const END_WITH_PARENT = new URL('end-with-parent.ts', import.meta.url).href;

/** What can be stopped with `stopInOrder`. */
export interface Stoppable {
  /** Resolves when it has ended, with its exit code or signal in words. */
  readonly ended: Promise<string>;
  /** To the process itself; `SIGKILL` also to everything that it has started. */
  signal(signal: 'SIGINT' | 'SIGKILL'): void;
}

export interface Child extends Stoppable {
  readonly name: string;
  /** The last lines that it printed, for the message when it ends unexpectedly. */
  readonly lastLines: readonly string[];
}

export interface ChildOptions {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
}

/**
 * Runs a program with this Node, in a process group of its own: Ctrl-C in the terminal reaches only the parent, which
 * stops its children in order.
 */
export function startChild(args: readonly string[], { name, env, onLine }: ChildOptions): Child {
  const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: !WINDOWS,
    windowsHide: true,
  });
  const lastLines: string[] = [];
  for (const from of ['stdout', 'stderr'] as const) {
    createInterface(child[from] as Readable).on('line', (line) => {
      if (lastLines.push(line) > LINES_KEPT) lastLines.shift();
      onLine(line);
    });
  }
  return { ...stoppable(child), name, lastLines };
}

/** @param child the leader of a process group, except on Windows. */
export function stoppable(child: ChildProcess): Stoppable {
  return {
    ended: new Promise((resolve) => {
      child.once('close', (code, signal) =>
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`),
      );
    }),
    signal(signal) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      if (signal === 'SIGKILL' && !WINDOWS) process.kill(-child.pid, signal);
      else child.kill(signal);
    },
  };
}

/** After this time what still runs is killed. A runner needs up to 1,500 ms to stop its commands. */
const STOP_LIMIT_MS = 1_800;

/** Stops one after the other, so that the runner can still report to the service, which stops last. */
export async function stopInOrder(all: readonly Stoppable[]): Promise<void> {
  const limit = new AbortController();
  const kill = async () => {
    await delay(STOP_LIMIT_MS, undefined, { signal: limit.signal });
    for (const one of all) one.signal('SIGKILL');
  };
  await Promise.race([stopEach(all), kill()]);
  limit.abort();
}

async function stopEach(all: readonly Stoppable[]): Promise<void> {
  for (const one of all) {
    one.signal('SIGINT');
    await one.ended;
  }
}
