import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Logger } from 'pino';

import { DatabaseError } from '../database-error.ts';
import type { Binaries } from './binaries.ts';
import { waitUntil } from './wait-until.ts';

/** PostgreSQL's modes. Fast: ends all sessions and writes everything. Immediate: ends, and recovers at the next start. */
export type Shutdown = 'fast' | 'immediate';

/** How long a fast shutdown may take before an immediate one follows. */
export const fastShutdownMs = 10_000;
const immediateShutdownMs = 10_000;

/** Reads the lock file of a server. `status` is `ready` once the server accepts connections. */
export function readLockFile(cluster: string): { pid: number; status: string } | undefined {
  // line 1 is the pid, line 8 the status: https://www.postgresql.org/docs/18/storage-file-layout.html
  const lines = readIfThere(join(cluster, 'postmaster.pid'))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() ?? '' } : undefined;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The pid of the server that runs on this cluster, if one does. The pid of the lock file counts only if the process is
 * this cluster's server, and not dead, a zombie (in containers without an init), or another program that got the same pid
 * after a crash. PostgreSQL itself does not detect the last two.
 */
export function findServer(cluster: string): number | undefined {
  const pid = readLockFile(cluster)?.pid;
  if (pid === undefined || !isAlive(pid)) return undefined;
  if (process.platform === 'linux') return isServerOnLinux(pid, cluster) ? pid : undefined;
  return looksLikeServer(pid) ? pid : undefined;
}

/**
 * Stops a server that outlived its guardian, and removes lock files that a crash left behind, never those of a running
 * server. Only the owner of the data directory may call it.
 */
export async function clearTheWay(options: {
  cluster: string;
  socketDir: string | undefined;
  binaries: Binaries;
  log: Logger;
}): Promise<void> {
  const { cluster, socketDir, binaries, log } = options;
  const orphan = findServer(cluster);
  if (orphan !== undefined) {
    log.warn({ pid: orphan }, 'stopping a PostgreSQL that outlived the service that started it');
    await stopServer(orphan, cluster, binaries);
  }
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  if (socketDir === undefined) return;
  const sockets = (await readdir(socketDir)).filter((name) => name.startsWith('.s.PGSQL.'));
  await Promise.all(sockets.map((name) => rm(join(socketDir, name), { force: true })));
}

/** Asks the server `pid` to shut down. Does nothing if it has ended. */
export function shutDown(pid: number, how: Shutdown, binaries: Binaries): void {
  const signal = how === 'fast' ? 'INT' : 'QUIT';
  if (process.platform === 'win32') {
    execFileSync(binaries.pgCtl, ['kill', signal, String(pid)], { windowsHide: true });
    return;
  }
  try {
    process.kill(pid, `SIG${signal}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function stopServer(pid: number, cluster: string, binaries: Binaries): Promise<void> {
  const isGone = () => findServer(cluster) !== pid;
  shutDown(pid, 'fast', binaries);
  if (await waitUntil(isGone, fastShutdownMs)) return;
  shutDown(pid, 'immediate', binaries);
  if (await waitUntil(isGone, immediateShutdownMs)) return;
  throw new DatabaseError(
    `A PostgreSQL from an earlier start (process ${pid}) still runs on ${cluster} and does not stop when ` +
      'asked to. Find out what holds it up (a disk that does not answer?), stop it, and start again.',
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isServerOnLinux(pid: number, cluster: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const state = stat.slice(stat.lastIndexOf(')') + 2)[0];
    return state !== 'Z' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch (error) {
    // it ended meanwhile, or belongs to another user, which our server does not
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return false;
    throw error;
  }
}

function looksLikeServer(pid: number): boolean {
  const [command, ...flags] =
    process.platform === 'win32'
      ? ['tasklist', '/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']
      : ['ps', '-o', 'stat=,comm=', '-p', String(pid)];
  try {
    const answer = execFileSync(command ?? '', flags, {
      encoding: 'utf8',
      windowsHide: true,
    }).trim();
    return answer.includes('postgres') && !answer.startsWith('Z');
  } catch (error) {
    // the exit code of ps when there is no such process
    if ((error as { status?: unknown }).status === 1) return false;
    throw error;
  }
}
