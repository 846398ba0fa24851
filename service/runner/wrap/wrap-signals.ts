/**
 * Forwards signals to a wrapped command, so that it gets each exactly once.
 *
 * With a controlling terminal the command stays in our process group, because only the foreground group can read from
 * the terminal (and use /dev/tty, as password prompts do). The kernel sends Ctrl-C, Ctrl-\ and hang-ups to that whole
 * group, so the command has them already. SIGTERM never comes from a terminal, so it is forwarded.
 *
 * Without a terminal (CI, cron, a supervisor) the command leads its own group, and every signal is forwarded to it.
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
  /** The last signal, if any. */
  readonly last: NodeJS.Signals | undefined;
  /** Resolves with the next signal. */
  next(): Promise<void>;
  /** Restores the default effect of the signals. */
  release(): void;
}

/** @param forward called with each signal that the command did not get from the terminal. */
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
