import { mkdir } from 'node:fs/promises';

import type { Logger } from 'pino';

import { locatePackage, prepareBinaries } from './embedded/binaries.ts';
import { clusterUser, openCluster } from './embedded/cluster.ts';
import { openHome, openSocketDir, type Home } from './embedded/home.ts';
import { takeOwnerLock } from './embedded/owner-lock.ts';
import { startOnFreePort, startServer, type Site } from './embedded/server.ts';
import { socketPort } from './embedded/settings.ts';

/** How to reach an embedded server, as options of `postgres()`. A `host` with slashes is the directory of a socket. */
export type EmbeddedConnection = {
  host: string;
  port: number;
  username: string;
  password: string;
  database: string;
};

export type EmbeddedPostgres = {
  connection: EmbeddedConnection;
  /** Shuts the server down, immediately if it takes longer than 10 seconds, and releases the data directory. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Agentlight's data directory, which is created with mode 0700 if it is missing. PostgreSQL's files are in `pg`. */
  dataDir: string;
  log: Logger;
  /**
   * `socket`: a Unix socket in a directory of mode 0700, nothing on the network. `loopback`: a free port of 127.0.0.1,
   * with the same random password. Defaults to `socket`, on Windows to `loopback`.
   */
  listen?: 'socket' | 'loopback';
  /** How long to wait for another owner of the directory to release it. Defaults to `3000` milliseconds. */
  ownerWaitMs?: number;
  /** For root: the directory for files that the unprivileged user can't reach. Defaults to `/var/lib/agentlight`. */
  systemDir?: string;
};

type Running = { connection: Pick<EmbeddedConnection, 'host' | 'port'>; stop(): Promise<void> };

/**
 * Starts the PostgreSQL that comes with Agentlight on `<dataDir>/pg`, which the first start creates.
 *
 * One process owns a data directory at a time. When the owner dies, even by `kill -9`, a guardian process shuts the server
 * down, and the next start takes over whatever is left. A server that ends by itself is started again. The running server
 * does not keep this process alive.
 *
 * PostgreSQL refuses to run as root; `openHome` says what happens then.
 *
 * @throws DatabaseError with advice, for example when the directory is in use or the platform is not supported.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log, ownerWaitMs = 3000, systemDir = '/var/lib/agentlight' } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await takeOwnerLock(dataDir, ownerWaitMs);
  try {
    const home = await openHome(dataDir, systemDir, log);
    const binaries = await prepareBinaries({
      packageDir: locatePackage(),
      copiesDir: home.user ? systemDir : dataDir,
      user: home.user,
      log,
    });
    const password = await openCluster(home, binaries, log);
    const listen = options.listen ?? (process.platform === 'win32' ? 'loopback' : 'socket');
    const site = { home, binaries, log };
    const server = listen === 'socket' ? await runOnSocket(home, site) : await runOnLoopback(site);
    let stopped: Promise<void> | undefined;
    return {
      connection: { ...server.connection, username: clusterUser, password, database: 'postgres' },
      stop: () => (stopped ??= server.stop().finally(() => lock.release())),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function runOnSocket(home: Home, site: Omit<Site, 'listening'>): Promise<Running> {
  const socketDir = await openSocketDir(home);
  try {
    const stop = await startServer({ ...site, listening: { socketDir: socketDir.dir } });
    const connection = { host: socketDir.dir, port: socketPort };
    return { connection, stop: () => stop().finally(() => socketDir.remove()) };
  } catch (error) {
    await socketDir.remove();
    throw error;
  }
}

async function runOnLoopback(site: Omit<Site, 'listening'>): Promise<Running> {
  const { port, stop } = await startOnFreePort(site);
  return { connection: { host: '127.0.0.1', port }, stop };
}
