/**
 * Tells what was opened with a token, and is still open, when that token is revoked: at once in the process
 * that revokes it, within seconds in the others.
 */
import type { Logger } from 'pino';
import type { Sql } from '../database/connect.ts';

/** How often the table is asked about the tokens in use. */
const CHECK_MS = 5_000;

export interface TokenWatch {
  /** Calls `react` once, when the token with this id is revoked. Returns how to stop. */
  whenRevoked(id: string, react: () => void): () => void;
  /** How many things are open with the token. */
  inUse(id: string): number;
  /** The token was revoked here. */
  revoked(id: string): void;
  close(): void;
}

export function openTokenWatch(sql: Sql, logger: Logger): TokenWatch {
  const watched = new Map<string, Set<() => void>>();
  const timer = setInterval(() => {
    if (watched.size === 0) return;
    check().catch((error: unknown) => {
      logger.warn({ err: error }, 'could not look for revoked tokens; will look again');
    });
  }, CHECK_MS);

  async function check(): Promise<void> {
    const rows = await sql<{ id: string }[]>`
      select id from tokens where id = any(${[...watched.keys()]}::uuid[]) and revoked_at is not null
    `;
    for (const { id } of rows) revoked(id);
  }

  function revoked(id: string): void {
    const reactions = watched.get(id) ?? [];
    watched.delete(id);
    for (const react of reactions) react();
  }

  function whenRevoked(id: string, react: () => void): () => void {
    const reactions = watched.get(id) ?? new Set();
    watched.set(id, reactions.add(react));
    return () => {
      reactions.delete(react);
      if (reactions.size === 0 && watched.get(id) === reactions) watched.delete(id);
    };
  }

  const inUse = (id: string) => watched.get(id)?.size ?? 0;
  return { whenRevoked, inUse, revoked, close: () => clearInterval(timer) };
}
