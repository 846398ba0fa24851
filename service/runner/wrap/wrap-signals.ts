/**
 * Forwards signals to a wrapped command, so that it gets each exactly once.
 *
 * With a controlling terminal the command stays in our process group, because only the foreground group can read from
 * the terminal (and use /dev/tty, as password prompts do). The kernel sends Ctrl-C, Ctrl-\, hang-ups and changes of the
 * window's size to that whole group, so the command has them already. Everything else comes from kill(2) and is
 * forwarded. The signals of job control stop and continue both of us.
 *
 * Without a terminal (CI, cron, a supervisor) the command leads its own group, and every signal is forwarded to it.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGWINCH'];
const JOB_CONTROL: readonly NodeJS.Signals[] = ['SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGCONT'];
/** Those that end a program because somebody wants it to end. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM'];
/**
 * The first two can't be caught. The others concern this process itself: its child has ended, a write of its own
 * failed, its profiler runs, or it crashed.
 */
const NOT_FORWARDED: readonly NodeJS.Signals[] = [
  ...(['SIGKILL', 'SIGSTOP', 'SIGCHLD', 'SIGPIPE', 'SIGXFSZ', 'SIGPROF'] as const),
  ...(['SIGILL', 'SIGFPE', 'SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGTRAP', 'SIGSYS'] as const),
];

/** One name for each number; some signals have two. */
function forwarded(atTerminal: boolean): NodeJS.Signals[] {
  const left = [...NOT_FORWARDED, ...(atTerminal ? JOB_CONTROL : [])];
  const excluded = new Set(left.map((name) => constants.signals[name]));
  const names = Object.keys(constants.signals) as NodeJS.Signals[];
  const byNumber = new Map(names.map((name) => [constants.signals[name], name]));
  return [...byNumber].flatMap(([number, name]) => (excluded.has(number) ? [] : [name]));
}

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

/** proc_pid_stat(5): `pid (name) state ppid pgrp session tty tpgid …`. Elsewhere than on Linux we can't know. */
function isForeground(): boolean {
  if (process.platform !== 'linux') return true;
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[2] === fields[5];
}

export interface CaughtSignals {
  /** The last signal that asks for an end, if any. */
  readonly last: NodeJS.Signals | undefined;
  /** Resolves with the next one. */
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
  const signals = forwarded(atTerminal);
  const listener = (signal: NodeJS.Signals) => {
    const isKnown = atTerminal && FROM_TERMINAL.includes(signal) && isForeground();
    if (!isKnown) forward(signal);
    if (!ENDING.includes(signal)) return;
    last = signal;
    wake();
  };
  for (const signal of signals) {
    try {
      process.on(signal, listener);
    } catch {
      // reserved by this system, so nobody can catch it
    }
  }
  return {
    get last() {
      return last;
    },
    next: () => new Promise((resolve) => (wake = resolve)),
    release() {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
