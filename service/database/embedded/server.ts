import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from 'pino';

import { DatabaseError, useOwnServer } from '../database-error.ts';
import type { Binaries } from './binaries.ts';
import { startGuarded, type Guardian } from './guardian.ts';
import type { Home } from './home.ts';
import { clearTheWay, fastShutdownMs, findServer, readLockFile, shutDown } from './lock-files.ts';
import { writeSettings, type Listening } from './settings.ts';
import { waitUntil } from './wait-until.ts';

/** What the server needs to start: its files, its programs and where to listen. */
export type Site = { home: Home; binaries: Binaries; listening: Listening; log: Logger };

// after a crash, up to max_wal_size must be replayed, perhaps from a slow disk
const startMs = 120_000;
const sharedMemoryRetryMs = 100;
const portAttempts = 5;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Starts the server and keeps it running. A server that ends by itself, for example because the system was out of memory,
 * is started again at the same address: at once, and then at growing intervals.
 *
 * @returns a function that stops the server: a fast shutdown, and after 10 seconds an immediate one.
 */
export async function startServer(site: Site): Promise<() => Promise<void>> {
  const { home, binaries, log } = site;
  const stopping = new AbortController();
  let guardian = await launch(site);
  const kept = keepRunning();

  async function keepRunning(): Promise<void> {
    for (;;) {
      await guardian.exited;
      if (stopping.signal.aborted) return;
      log.error(
        { lastLines: guardian.lastLines },
        'PostgreSQL ended unexpectedly; starting it again',
      );
      const next = await relaunch(site, stopping.signal);
      if (!next) return;
      guardian = next;
      if (stopping.signal.aborted) guardian.letGo();
    }
  }

  return async function stop() {
    stopping.abort();
    guardian.letGo();
    const impatience = setTimeout(() => {
      const server = findServer(home.cluster);
      if (server !== undefined) shutDown(server, 'immediate', binaries);
    }, fastShutdownMs);
    await kept;
    clearTimeout(impatience);
    // a server whose guardian was killed is still running
    await clear(site);
  };
}

/** Finds a free port for each attempt, because another program may take it before PostgreSQL does. */
export async function startOnFreePort(
  site: Omit<Site, 'listening'>,
): Promise<{ port: number; stop: () => Promise<void> }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    try {
      return { port, stop: await startServer({ ...site, listening: { port } }) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('could not create any TCP/IP');
      if (!taken || attempt === portAttempts) throw error;
    }
  }
}

async function launch(site: Site): Promise<Guardian> {
  const { home, binaries, listening, log } = site;
  await clear(site);
  await writeSettings(home.dir, listening);
  const deadline = performance.now() + startMs;
  for (;;) {
    const guardian = startGuarded({ binaries, cluster: home.cluster, user: home.user, log });
    if (await becomesReady(guardian, home.cluster, deadline - performance.now())) return guardian;
    guardian.letGo();
    await guardian.exited;
    // the sessions of a server that was killed take a moment to notice and end
    const said = guardian.lastLines.join('\n');
    const isHeldUp = said.includes('pre-existing shared memory block');
    if (!isHeldUp || performance.now() >= deadline) {
      throw new DatabaseError(
        `PostgreSQL did not start on ${home.cluster}. It said:\n${said || '(nothing)'}\n${useOwnServer}`,
      );
    }
    await delay(sharedMemoryRetryMs);
  }
}

async function becomesReady(
  guardian: Guardian,
  cluster: string,
  withinMs: number,
): Promise<boolean> {
  let hasExited = false;
  void guardian.exited.then(() => (hasExited = true));
  const isReady = () => readLockFile(cluster)?.status === 'ready';
  await waitUntil(() => hasExited || isReady(), withinMs);
  return !hasExited && isReady();
}

async function relaunch(site: Site, stopping: AbortSignal): Promise<Guardian | undefined> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await launch(site);
    } catch (error) {
      if (stopping.aborted) return undefined;
      site.log.error(
        { err: error, pauseMs },
        'PostgreSQL could not be started again; trying later',
      );
    }
    // rejects only when it is aborted
    const pause = delay(pauseMs, undefined, { ref: false, signal: stopping });
    if (
      await pause.then(
        () => false,
        () => true,
      )
    )
      return undefined;
  }
}

function clear({ home, binaries, listening, log }: Site): Promise<void> {
  const socketDir = 'socketDir' in listening ? listening.socketDir : undefined;
  return clearTheWay({ cluster: home.cluster, socketDir, binaries, log });
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
