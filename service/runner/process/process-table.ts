/** Lists the processes of this machine. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Name of the program; Linux cuts it to 15 characters. */
  readonly name: string;
  /** It has ended, but its parent has not waited for it. In some containers that stays so. */
  readonly isZombie: boolean;
}

/** The process itself, its parent and so on, as far as they are visible. */
export function ancestorsOf(pid: number): ProcessEntry[] {
  const byPid = new Map(readProcesses().map((entry) => [entry.pid, entry]));
  const ancestors: ProcessEntry[] = [];
  for (let entry = byPid.get(pid); entry && entry.pid > 1; entry = byPid.get(entry.parent)) {
    ancestors.push(entry);
  }
  return ancestors;
}

export function readProcesses(): ProcessEntry[] {
  return process.platform === 'linux' ? readProc() : readPs();
}

/** proc_pid_stat(5): `pid (name) state ppid pgrp …`. The name can contain anything, so parse from the last `)`. */
export function readProc(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readIfThere(`/proc/${pid}/stat`);
      if (stat === undefined) return [];
      const end = stat.lastIndexOf(')');
      const [state, parent, group] = stat.slice(end + 2).split(' ');
      return [toEntry(pid, parent, group, state, stat.slice(stat.indexOf('(') + 1, end))];
    });
}

/** Needs the `ps` of POSIX; without it the list is empty. */
export function readPs(): ProcessEntry[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,comm='], {
    encoding: 'utf8',
  });
  return [...(stdout ?? '').matchAll(/(\d+)\s+(\d+)\s+(\d+)\s+(\S+)[^\S\n]+(.*)/g)].map(
    ([, pid, parent, group, state, command]) =>
      toEntry(pid, parent, group, state, basename(command ?? '')),
  );
}

function toEntry(
  pid: string | undefined,
  parent: string | undefined,
  group: string | undefined,
  state: string | undefined,
  name: string,
): ProcessEntry {
  const isZombie = state?.startsWith('Z') ?? false;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), name, isZombie };
}

/** Undefined if the process has ended since the directory was read. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
