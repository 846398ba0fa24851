import { DatabaseError } from './database-error.ts';

/** A `DATABASE_URL` in the form that `postgres(url, { host? })` accepts. `host` is the directory of a Unix socket. */
export type DatabaseAddress = { url: string; host?: string };

/**
 * Reads a connection URL. Besides the forms of postgres.js, it accepts libpq's two ways to name the directory of a Unix
 * socket (https://www.postgresql.org/docs/18/libpq-connect.html): `postgres://user@/name?host=/run/postgresql` and
 * `postgres://user@%2Frun%2Fpostgresql/name`.
 *
 * @throws DatabaseError if the text is not a connection URL.
 */
export function readDatabaseUrl(text: string): DatabaseAddress {
  // unlike libpq, the URL class does not accept a user without a host
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

/** The server and database of a URL, for messages: without user, password and options. */
export function describeDatabaseUrl(text: string): string {
  const { url, host } = readDatabaseUrl(text);
  const { hostname, port, pathname } = new URL(firstHostOnly(url));
  const server = `${host ?? hostname}${port && `:${port}`}`;
  return `${server}, database ${decodeURIComponent(pathname.slice(1)) || '(default)'}`;
}

/** postgres.js accepts several hosts and tries them in turn (`one:5432,two:5432`). The URL class accepts one. */
function firstHostOnly(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#@]*@)?[^/?#,]*),[^/?#]*/, '$1');
}
