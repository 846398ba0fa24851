/** The whole service: opens its parts in the order of their dependencies, and closes them in reverse. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { uuidv7 } from 'uuidv7';
import { installOwnerToken } from './access/owner-token.ts';
import { openPairing } from './access/pairing.ts';
import { openTokens } from './access/tokens.ts';
import type { Config } from './config.ts';
import { openPool } from './database/connect.ts';
import { startEmbeddedPostgres } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import { createApp } from './http/app.ts';
import { Conflation } from './log/conflation.ts';
import { Log } from './log/log.ts';
import { Retention } from './log/retention.ts';
import { createMetrics } from './metrics.ts';
import { ApprovalWaiters } from './presence/approval-waiters.ts';
import { Deadlines } from './presence/deadlines.ts';
import { Notifier } from './notify/notifier.ts';
import { readNotifyConfig } from './notify/notify-config.ts';
import { Instances } from './presence/instances.ts';
import { Presence } from './presence/presence.ts';
import { Streams } from './stream/streams.ts';
import { VERSION } from './version.ts';
import { readWebhooks } from './webhooks-file.ts';

/** On shutdown, each client is told to come back at a random moment within this time. */
const RETURN_SPREAD_MS = 2_000;

/** How long a client may take to send the head of a request. */
const HEAD_TIMEOUT_MS = 10_000;
/** How often Node looks for heads that are late. Its default of 30 s would let them take 40. */
const HEAD_CHECK_MS = 5_000;

/** Idle time after which TCP checks whether the other side still exists. */
const TCP_KEEP_ALIVE_MS = 30_000;

/**
 * Connections that may wait to be accepted. After a restart all clients come back at once, and one that finds the queue
 * full tries again only after a second.
 */
const LISTEN_BACKLOG = 4_096;

export interface Service {
  /** The address, such as `http://127.0.0.1:4747`. */
  readonly url: string;
  /** Ends its streams, answers the requests that it has accepted, and closes everything. */
  stop(): Promise<void>;
}

/** @throws ConfigError, DatabaseError or a system error, after closing everything that was opened. */
export async function startService(config: Config, logger: Logger): Promise<Service> {
  await using opened = new AsyncDisposableStack();

  // first, so that a mistake in one of them is reported before anything is started
  const notify = config.notify === undefined ? undefined : await readNotifyConfig(config.notify);
  const webhooks = await readWebhooks(config.webhooks);
  const target = config.databaseUrl ?? (await openEmbedded(config, logger, opened));
  const sql = await openPool(target, { log: logger });
  opened.defer(() => sql.end({ timeout: 1 }));
  await migrate(sql, { log: logger });

  const nowMs = () => performance.now();
  const tokens = openTokens({ sql, logger, newId: uuidv7, nowMs });
  opened.defer(() => tokens.close());
  await installOwnerToken(tokens, config.dataDir, config.ownerToken);
  const pairing = openPairing({ sql, tokens, codeMs: config.pairingCodeMs, nowMs });

  const metrics = createMetrics(VERSION);
  // a connection of its own: no read can hold up a commit, and its statements stay prepared
  const logSql = await openPool(target, { log: logger, maxConnections: 1 });
  opened.defer(() => logSql.end({ timeout: 1 }));
  const log = await Log.open({
    sql: logSql,
    logger,
    idsAndClock: { newId: uuidv7, now: () => new Date().toISOString() },
    pollMs: config.pollMs,
    observer: metrics.log,
  });
  opened.defer(() => log.close());
  const conflation = new Conflation(log, config.progressIntervalMs);
  opened.defer(() => conflation.close());
  const retention = new Retention({ ...config, sql, log, logger });
  opened.defer(() => retention.close());

  const { heartbeatMs, stuckReaderMs, streamBufferBytes: bufferBytes } = config;
  const streams = new Streams({
    log,
    sql,
    logger,
    heartbeatMs,
    stuckReaderMs,
    bufferBytes,
    observer: metrics.streams,
    nowMs,
  });
  metrics.watch(() => streams.state());
  opened.defer(() => streams.close(RETURN_SPREAD_MS, Math.random));

  const id = `i-${randomBytes(4).toString('hex')}`;
  const instances = await Instances.join({
    sql,
    log,
    logger,
    id,
    leaseMs: config.instanceLeaseMs,
    browsers: () => streams.browsers,
  });
  opened.defer(() => instances.leave());
  const presence = new Presence({ ...config, log, logger, instances, nowMs });
  opened.defer(() => presence.close());
  const askers = new ApprovalWaiters(log, config.disconnectGraceMs);
  opened.defer(() => askers.close());
  const deadlines = new Deadlines(log, config);
  opened.defer(() => deadlines.close());

  if (notify) {
    const notifier = await Notifier.open({
      sql,
      log,
      logger,
      observer: metrics.notice,
      config: notify,
      hasBrowser: () => instances.hasBrowser(),
      newId: uuidv7,
      nowMs,
      random: Math.random,
    });
    opened.defer(() => notifier.close());
  }

  const started = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let serving = false;
  const app = createApp({
    config,
    version: VERSION,
    sql,
    log,
    conflation,
    streams,
    presence,
    askers,
    tokens,
    pairing,
    webhooks,
    metrics,
    logger,
    newId: uuidv7,
    whenStarted: started.promise,
    whenStopping: stopping.signal,
    isServing: () => serving,
  });
  const server = createServer(
    {
      headersTimeout: HEAD_TIMEOUT_MS,
      connectionsCheckingInterval: HEAD_CHECK_MS,
      requestTimeout: 30_000,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    },
    getRequestListener(app.fetch),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: config.port, host: config.host, backlog: LISTEN_BACKLOG }, resolve);
  });
  opened.defer(async () => {
    server.close();
    server.closeIdleConnections();
  });

  opened.defer(() => {
    serving = false;
    stopping.abort();
    started.resolve();
  });

  // after the port is taken, and before the first runner connects: its agents would count as orphans
  await presence.start(VERSION);
  serving = true;
  started.resolve();
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const url = `http://${host}:${port}`;
  logger.info({ url, epoch: log.epoch, seq: log.fleet.seq }, 'listening');

  const resources = opened.move();
  return {
    url,
    async stop() {
      await resources.disposeAsync();
      // a client that does not close its side, such as a stopped process, would keep this process alive
      server.closeAllConnections();
    },
  };
}

async function openEmbedded(config: Config, logger: Logger, opened: AsyncDisposableStack) {
  const database = await startEmbeddedPostgres({ dataDir: config.dataDir, log: logger });
  opened.defer(() => database.stop());
  return database.connection;
}
