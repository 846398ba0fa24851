/**
 * Notifies the open streams of a token when it is revoked: at once in the process that revokes it, within seconds in
 * the other instances.
 */
import type { Logger } from 'pino';
import type { Sql } from '../database/connect.ts';

/** Interval of the query for revoked tokens. */
const CHECK_MS = 5_000;

export interface TokenWatch {
  /** Calls `onRevoked` once, when the token with this id is revoked. Returns a function that cancels this. */
  whenRevoked(id: string, onRevoked: () => void): () => void;
  /** Number of callbacks that wait for this token. */
  inUse(id: string): number;
  /** Call this when this process has revoked the token. */
  revoked(id: string): void;
  close(): void;
}

/** Close it to stop the interval. */
export function openTokenWatch(sql: Sql, logger: Logger): TokenWatch {
  const watched = new Map<string, Set<() => void>>();
  const timer = setInterval(() => {
    if (watched.size === 0) return;
    check().catch((error: unknown) => {
      logger.warn({ err: error }, 'could not check for revoked tokens; will retry');
    });
  }, CHECK_MS);

  async function check(): Promise<void> {
    const rows = await sql<{ id: string }[]>`
      select id from tokens where id = any(${[...watched.keys()]}::uuid[]) and revoked_at is not null
    `;
    for (const { id } of rows) revoked(id);
  }

  function revoked(id: string): void {
    const callbacks = watched.get(id) ?? [];
    watched.delete(id);
    for (const onRevoked of callbacks) onRevoked();
  }

  function whenRevoked(id: string, onRevoked: () => void): () => void {
    const callbacks = watched.get(id) ?? new Set();
    watched.set(id, callbacks.add(onRevoked));
    return () => {
      callbacks.delete(onRevoked);
      if (callbacks.size === 0 && watched.get(id) === callbacks) watched.delete(id);
    };
  }

  const inUse = (id: string) => watched.get(id)?.size ?? 0;
  return { whenRevoked, inUse, revoked, close: () => clearInterval(timer) };
}
