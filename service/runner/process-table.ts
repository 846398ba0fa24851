/** Which processes there are on this machine. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** It has ended, and whoever should take note of that has not yet: for ever, in some containers. */
  readonly isZombie: boolean;
}

export function readProcesses(): ProcessEntry[] {
  return process.platform === 'linux' ? readProc() : readPs();
}

/** proc_pid_stat(5): `pid (name) state ppid pgrp …`; the name may contain anything, so read on from the last `)`. */
export function readProc(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readIfThere(`/proc/${pid}/stat`);
      if (stat === undefined) return [];
      const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [toEntry(pid, parent, group, state)];
    });
}

/** Needs the `ps` of POSIX; where there is none it knows no processes. */
export function readPs(): ProcessEntry[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' });
  return [...(stdout ?? '').matchAll(/(\d+)\s+(\d+)\s+(\d+)\s+(\S+)/g)].map(
    ([, pid, parent, group, state]) => toEntry(pid, parent, group, state),
  );
}

function toEntry(
  pid: string | undefined,
  parent: string | undefined,
  group: string | undefined,
  state: string | undefined,
): ProcessEntry {
  const isZombie = state?.startsWith('Z') ?? false;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), isZombie };
}

/** Undefined for a process that has ended since the directory was read. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
