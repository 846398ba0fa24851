import type { Logger } from 'pino';
import postgres from 'postgres';

import { DatabaseError } from './database-error.ts';
import { describeDatabaseUrl, readDatabaseUrl } from './database-url.ts';
import type { EmbeddedConnection } from './embedded.ts';
import { refuseUnsuitable, type ServerFacts } from './server-facts.ts';
import { trimConnectionQueue } from './trim-connection-queue.ts';

/** A pool of connections. Columns of type bigint arrive as numbers. */
export type Sql = postgres.Sql<{ bigint: number }>;

/** A `DATABASE_URL` (see `readDatabaseUrl` for its forms), or the connection of the embedded server. */
export type DatabaseTarget = string | EmbeddedConnection;

const connectTimeoutSeconds = 10;

const advice: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens there. Is PostgreSQL running, and is the address right?',
  ENOENT: 'There is no such socket. Is PostgreSQL running, and is the directory right?',
  ENOTFOUND: 'The name of the host is not known. Is it spelt right?',
  CONNECT_TIMEOUT:
    'The host does not answer. Is the address right, and does a firewall let us through?',
  '28P01': 'The user or the password is wrong.',
  '28000': 'The server does not let this user in from here (see its pg_hba.conf).',
  '3D000': 'There is no such database. Make it first, for example with `createdb agentlight`.',
  '53300': 'The server has no connection left to give.',
  // PgBouncer's answer to synchronous_commit
  '08P01':
    'If this is a connection pooler, connect to PostgreSQL itself: notifications need a session.',
};

/**
 * Opens a pool of connections, after checking on one connection that the server is suitable: PostgreSQL 14 or newer, and
 * not a replica. A server with `fsync` off is used, with a warning.
 *
 * Acknowledged events must be durable, so `synchronous_commit` is on for every connection, whatever the server, the role
 * or the database prescribes. `remote_apply`, which is stronger, is kept.
 *
 * @param options.maxConnections Defaults to `10`.
 * @throws DatabaseError that says what is wrong, without the password.
 */
export async function openPool(
  target: DatabaseTarget,
  options: { log: Logger; maxConnections?: number },
): Promise<Sql> {
  const { log, maxConnections = 10 } = options;
  const place = typeof target === 'string' ? describeDatabaseUrl(target) : target.host;
  const facts = await askServer(target, place);
  refuseUnsuitable(facts, place);
  if (facts.fsync !== 'on') {
    log.warn(
      { place },
      'the server runs with fsync=off: a power failure can destroy the whole database',
    );
  }
  const commit = facts.commit === 'remote_apply' ? 'remote_apply' : 'on';
  return open(target, { max: maxConnections, commit });
}

async function askServer(target: DatabaseTarget, place: string): Promise<ServerFacts> {
  const sql = open(target, { max: 1 });
  try {
    const [facts] = await sql<[ServerFacts]>`
      select current_setting('server_version') as version,
             current_setting('server_version_num')::int as number,
             current_setting('fsync') as fsync,
             current_setting('synchronous_commit') as commit,
             pg_is_in_recovery() as replica`;
    return facts;
  } catch (cause) {
    const { code = '', message } = cause as Error & { code?: string };
    const parts = [`The database (${place}) can't be used: ${message || code}.`, advice[code]];
    throw new DatabaseError(parts.filter(Boolean).join(' '), { cause });
  } finally {
    await sql.end();
  }
}

function open(target: DatabaseTarget, { max, commit }: { max: number; commit?: string }): Sql {
  const options: postgres.Options<{ bigint: postgres.PostgresType<number> }> = {
    max,
    connect_timeout: connectTimeoutSeconds,
    connection: { application_name: 'agentlight', ...(commit && { synchronous_commit: commit }) },
    // notices such as "relation already exists, skipping" are for people at a prompt
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], serialize: String, parse: parseBigint } },
  };
  if (typeof target !== 'string') return trimConnectionQueue(postgres({ ...target, ...options }));
  const { url, host } = readDatabaseUrl(target);
  return trimConnectionQueue(postgres(url, { ...options, ...(host && { host }) }));
}

/** Positions in the log stay far below 2^53. A number that does not must not be rounded silently. */
function parseBigint(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(
    `The bigint ${text} from the database is too large for a JavaScript number.`,
  );
}
