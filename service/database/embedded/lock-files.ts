import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Logger } from 'pino';

import { DatabaseError } from '../database-error.ts';
import type { Binaries } from './binaries.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Fast: end all sessions, write everything, leave. Immediate: leave, and recover at the next start.
 */
export type Shutdown = 'fast' | 'immediate';

/** How long a fast shutdown may take before the server is told to leave at once. */
export const fastShutdownMs = 10_000;
const immediateShutdownMs = 10_000;

/**
 * What a server says about itself in its lock file. `status` is `ready` once it takes connections.
 */
export function readLockFile(cluster: string): { pid: number; status: string } | undefined {
  // https://www.postgresql.org/docs/18/storage-file-layout.html: the pid first, the status eighth.
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
 * The pid of the server that runs on this cluster. A lock file is believed only if its process is
 * this cluster's server: not dead, not a zombie that nobody has reaped (containers without an
 * init), not another program that got the same number after a crash. PostgreSQL itself is fooled by
 * the last two.
 */
export function findServer(cluster: string): number | undefined {
  const pid = readLockFile(cluster)?.pid;
  if (pid === undefined || !isAlive(pid)) return undefined;
  if (process.platform === 'linux') return isServerOnLinux(pid, cluster) ? pid : undefined;
  return looksLikeServer(pid) ? pid : undefined;
}

/**
 * For the owner of the data directory alone: stops a server that outlived its guardian, and removes
 * the lock files that a crash has left. They are never removed while a server is alive.
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

/** Asks the server `pid` to shut down. That it has just gone is fine. */
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
    // Gone meanwhile, or a process of another user: the server would be one that we may look at.
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
    // ps ends with 1 when there is no such process.
    if ((error as { status?: unknown }).status === 1) return false;
    throw error;
  }
}
