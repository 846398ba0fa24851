/**
 * The database can't be used as it is. The message tells the person who runs the service what happened, why, and what to
 * do. It never contains a password.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/** The last sentence of messages: an alternative that always exists. */
export const useOwnServer =
  'Or set DATABASE_URL to a PostgreSQL server of your own (version 14 or newer).';
