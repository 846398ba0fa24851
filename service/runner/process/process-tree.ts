/**
 * A command with everything that it started.
 *
 * A command in a process group of its own is signalled as a group: nothing can slip away by being orphaned.
 * One that shares the terminal's foreground group with us is signalled process by process, along its
 * descendants, because a signal to that group would reach ourselves and the shell's other commands.
 */
import { spawnSync } from 'node:child_process';
import type { ProcessEntry } from './process-table.ts';
import { readProcesses } from './process-table.ts';

export interface ProcessTree {
  /** Sends it to every process. */
  kill(signal: NodeJS.Signals): void;
  /** Passes on a signal that somebody sent to us: to the group, or where there is none to the command itself. */
  forward(signal: NodeJS.Signals): void;
  /** Whether any process of it is left. */
  isAlive(): boolean;
}

/** @param leader pid of a process that was spawned `detached`. */
export function groupOf(leader: number): ProcessTree {
  if (process.platform === 'win32') return windowsTree(leader);
  const kill = (signal: NodeJS.Signals) => void send(-leader, signal);
  const isMember = (entry: ProcessEntry) => entry.group === leader;
  // the kernel counts zombies as well, so its answer is sure only if it is no
  return { kill, forward: kill, isAlive: () => send(-leader, 0) && isAnyAlive(isMember) };
}

export function descendantsOf(root: number): ProcessTree {
  const known = new Set([root]);
  return {
    kill(signal) {
      addChildren(known, readProcesses());
      for (const pid of known) if (!send(pid, signal)) known.delete(pid);
    },
    forward: (signal) => void send(root, signal),
    isAlive: () => isAnyAlive(({ pid }) => known.has(pid)),
  };
}

/** Adds all descendants of what is in `known` already. */
function addChildren(known: Set<number>, processes: readonly ProcessEntry[]): void {
  // a child may stand before its parent in the table, so look until nothing is new
  for (let size = 0; size !== known.size; ) {
    size = known.size;
    for (const { pid, parent } of processes) if (known.has(parent)) known.add(pid);
  }
}

function isAnyAlive(isMember: (entry: ProcessEntry) => boolean): boolean {
  return readProcesses().some((entry) => !entry.isZombie && isMember(entry));
}

/** Whether there was anything to send it to. Signal 0 only asks. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return false;
    // it runs as somebody else, as with sudo: there, but out of our reach
    if (code === 'EPERM') return true;
    throw error;
  }
}

/** Windows has no process groups and no signals: `taskkill` ends the tree, at once. */
function windowsTree(root: number): ProcessTree {
  const kill = () => void spawnSync('taskkill', ['/pid', String(root), '/T', '/F']);
  return { kill, forward: kill, isAlive: () => send(root, 0) };
}
