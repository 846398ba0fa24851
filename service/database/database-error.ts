/**
 * A database that can't be used as it is. The message is written for the person who runs the
 * service: what happened, why, and what to do. It never holds a password.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/** The way out that always exists, to end a message with. */
export const useOwnServer =
  'Or set DATABASE_URL to a PostgreSQL server of your own (version 14 or newer).';
