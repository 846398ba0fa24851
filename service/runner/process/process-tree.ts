/**
 * Signals a command together with everything that it started.
 *
 * A command in its own process group is signalled as a group, which includes orphans. A command that shares the
 * terminal's foreground group with us is signalled process by process along its descendants, because a signal to that
 * group would also reach this process and other commands of the shell.
 */
import { spawnSync } from 'node:child_process';
import type { ProcessEntry } from './process-table.ts';
import { readProcesses } from './process-table.ts';

export interface ProcessTree {
  /** Sends a signal to every process. */
  kill(signal: NodeJS.Signals): void;
  /** Forwards a signal that we received: to the group or, without a group, to the command itself. */
  forward(signal: NodeJS.Signals): void;
  /** Whether any of its processes is left. */
  isAlive(): boolean;
}

/** @param leader pid of a process that was spawned `detached`. */
export function groupOf(leader: number): ProcessTree {
  if (process.platform === 'win32') return windowsTree(leader);
  const kill = (signal: NodeJS.Signals) => void send(-leader, signal);
  const isMember = (entry: ProcessEntry) => entry.group === leader;
  // the kernel counts zombies as well, so only its "no" is certain
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

/** Adds all descendants of the processes in `known`. */
function addChildren(known: Set<number>, processes: readonly ProcessEntry[]): void {
  // a child can precede its parent in the table, so repeat until nothing is added
  for (let size = 0; size !== known.size; ) {
    size = known.size;
    for (const { pid, parent } of processes) if (known.has(parent)) known.add(pid);
  }
}

function isAnyAlive(isMember: (entry: ProcessEntry) => boolean): boolean {
  return readProcesses().some((entry) => !entry.isZombie && isMember(entry));
}

/** Whether the target exists. Signal 0 only checks that. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return false;
    // it runs as another user, as with sudo, so we can't signal it
    if (code === 'EPERM') return true;
    throw error;
  }
}

/** Windows has no process groups and no signals: `taskkill` ends the tree immediately. */
function windowsTree(root: number): ProcessTree {
  const kill = () => void spawnSync('taskkill', ['/pid', String(root), '/T', '/F']);
  return { kill, forward: kill, isAlive: () => send(root, 0) };
}
