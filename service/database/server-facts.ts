import { DatabaseError } from './database-error.ts';

/** Settings of a server that decide whether it is suitable. */
export type ServerFacts = {
  version: string;
  /** `server_version_num`: 140011 is version 14.11. */
  number: number;
  fsync: string;
  commit: string;
  replica: boolean;
};

const oldestVersion = 140_000;

/** @throws DatabaseError if the service can't use this server. @param place where the server is, for the message. */
export function refuseUnsuitable(facts: ServerFacts, place: string): void {
  if (facts.number < oldestVersion) {
    throw new DatabaseError(
      `The server at ${place} is PostgreSQL ${facts.version}. Agentlight needs 14 or newer: upgrade the ` +
        'server, or unset DATABASE_URL to use the PostgreSQL that comes with Agentlight.',
    );
  }
  if (facts.replica) {
    throw new DatabaseError(
      `The server at ${place} is a read-only replica. Set DATABASE_URL to the primary server.`,
    );
  }
}
