import { DatabaseError } from './database-error.ts';

/**
 * A `DATABASE_URL` as `postgres(url, { host? })` takes it: the URL, and the directory of a Unix
 * socket.
 */
export type DatabaseAddress = { url: string; host?: string };

/**
 * Reads a connection URL. Besides what postgres.js understands, these ways to name the directory of
 * a Unix socket are taken, as libpq does (https://www.postgresql.org/docs/18/libpq-connect.html):
 * `postgres://user@/name?host=/run/postgresql` and `postgres://user@%2Frun%2Fpostgresql/name`.
 *
 * @throws DatabaseError if it is no such URL.
 */
export function readDatabaseUrl(text: string): DatabaseAddress {
  // URL allows no user without a host, libpq does.
  const completed = text.replace(
    /^(postgres(?:ql)?:\/\/(?:[^/?#@]*@)?)(?=[/?#:]|$)/,
    '$1localhost',
  );
  if (!/^postgres(ql)?:\/\//.test(completed) || !URL.canParse(firstHostOnly(completed))) {
    throw new DatabaseError(
      'DATABASE_URL is not a PostgreSQL URL. It should look like ' +
        'postgres://user:password@host:5432/name, with special characters in the password ' +
        'percent-encoded.',
    );
  }
  if (completed.includes(',')) return { url: completed };
  const url = new URL(completed);
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  if (!host.startsWith('/')) return { url: completed };
  url.searchParams.delete('host');
  url.hostname = 'localhost';
  return { url: url.href, host };
}

/** Where a URL leads, for messages: no user, no password, no options. */
export function describeDatabaseUrl(text: string): string {
  const { url, host } = readDatabaseUrl(text);
  const { hostname, port, pathname } = new URL(firstHostOnly(url));
  const server = `${host ?? hostname}${port && `:${port}`}`;
  return `${server}, database ${decodeURIComponent(pathname.slice(1)) || '(default)'}`;
}

/** postgres.js tries several hosts in turn (`one:5432,two:5432`); the URL class knows only one. */
function firstHostOnly(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#@]*@)?[^/?#,]*),[^/?#]*/, '$1');
}
