/**
 * The service as a whole: opens its parts in the order in which they need each other, and closes them in reverse.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { uuidv7 } from 'uuidv7';
import { ownerToken } from './access/owner-token.ts';
import { openPairing } from './access/pairing.ts';
import { openTokens } from './access/tokens.ts';
import type { Config } from './config.ts';
import { connect } from './database/connect.ts';
import { startEmbeddedPostgres } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import { createApp } from './http/app.ts';
import { Log } from './log/log.ts';
import { Presence } from './presence/presence.ts';
import { Streams } from './stream/streams.ts';
import { VERSION } from './version.ts';

/** On shutdown clients are told to come back within this time, each at another moment. */
const RETURN_SPREAD_MS = 2_000;

export interface Service {
  /** Where it listens, such as `http://127.0.0.1:4747`. */
  readonly url: string;
  /** Says good-bye to its readers, answers what it has accepted, and lets go of everything. */
  stop(): Promise<void>;
}

/** @throws ConfigError, DatabaseError or a system error, after everything that was opened is closed again. */
export async function startService(config: Config, logger: Logger): Promise<Service> {
  await using opened = new AsyncDisposableStack();

  const target = config.databaseUrl ?? (await openEmbedded(config, logger, opened));
  const sql = await connect(target, { log: logger });
  opened.defer(() => sql.end({ timeout: 1 }));
  await migrate(sql, { log: logger });

  const nowMs = () => performance.now();
  const tokens = openTokens({ sql, newId: uuidv7, nowMs });
  await tokens.installOwner(await ownerToken(config.dataDir, config.ownerToken));
  const pairing = openPairing({ sql, tokens, codeMs: config.pairingCodeMs, nowMs });

  const stamps = { newId: uuidv7, now: () => new Date().toISOString() };
  const log = await Log.open({ sql, log: logger, stamps, pollMs: config.pollMs });
  opened.defer(() => log.close());

  const { heartbeatMs, stuckReaderMs, streamBufferBytes: bufferBytes } = config;
  const streams = new Streams({ log, sql, logger, heartbeatMs, stuckReaderMs, bufferBytes, nowMs });
  opened.defer(() => streams.close(RETURN_SPREAD_MS, Math.random));

  const presence = new Presence({ ...config, log, logger, nowMs });
  opened.defer(() => presence.close());

  const app = createApp({
    config,
    version: VERSION,
    sql,
    log,
    streams,
    presence,
    tokens,
    pairing,
    logger,
    newId: randomUUID,
  });
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 30_000 },
    getRequestListener(app.fetch),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  opened.defer(async () => {
    server.close();
    server.closeIdleConnections();
  });

  await presence.start(`i-${randomBytes(4).toString('hex')}`, VERSION);
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const url = `http://${host}:${port}`;
  logger.info({ url, epoch: log.epoch, seq: log.fleet.seq }, 'listening');

  const resources = opened.move();
  return { url, stop: () => resources.disposeAsync() };
}

async function openEmbedded(config: Config, logger: Logger, opened: AsyncDisposableStack) {
  const database = await startEmbeddedPostgres({ dataDir: config.dataDir, log: logger });
  opened.defer(() => database.stop());
  return database.connection;
}
