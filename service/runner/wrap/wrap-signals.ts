/**
 * Which signals a wrapped command gets from us, so that it gets each exactly once.
 *
 * With a controlling terminal the command stays in our process group, because only the foreground group may
 * read from the terminal (and use /dev/tty, as password prompts do). Ctrl-C, Ctrl-\ and hanging up are then
 * sent by the kernel to that whole group: the command has them already, and we only live on to report its
 * end. SIGTERM never comes from a terminal, so it is passed on.
 *
 * Without a terminal (CI, cron, a supervisor) the command leads a group of its own, and everything is passed
 * on to that group.
 */
import { closeSync, openSync } from 'node:fs';

const FROM_TERMINAL = ['SIGINT', 'SIGQUIT', 'SIGHUP'] as const;
const SIGNALS: readonly NodeJS.Signals[] = [...FROM_TERMINAL, 'SIGTERM'];

export function hasTerminal(): boolean {
  if (process.platform === 'win32') return true;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENXIO' || code === 'ENOENT' || code === 'EACCES' || code === 'EPERM')
      return false;
    throw error;
  }
}

export interface CaughtSignals {
  /** The last one that came. */
  readonly last: NodeJS.Signals | undefined;
  /** Resolves when the next one comes. */
  next(): Promise<void>;
  /** Gives the signals their usual effect back. */
  release(): void;
}

/** @param forward called with each signal that the command has not got by itself. */
export function catchSignals(
  atTerminal: boolean,
  forward: (signal: NodeJS.Signals) => void,
): CaughtSignals {
  let last: NodeJS.Signals | undefined;
  let wake: () => void = () => {};
  const known: readonly NodeJS.Signals[] = atTerminal ? FROM_TERMINAL : [];
  const listener = (signal: NodeJS.Signals) => {
    last = signal;
    if (!known.includes(signal)) forward(signal);
    wake();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    get last() {
      return last;
    },
    next: () => new Promise((resolve) => (wake = resolve)),
    release() {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
