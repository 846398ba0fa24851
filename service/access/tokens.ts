/**
 * The table of tokens, with a short-lived cache so that not every request queries the database.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Actor } from '../../protocol/decide/command.ts';
import type { Scope } from '../../protocol/wire/messages.ts';
import { SCOPES } from '../../protocol/wire/messages.ts';
import type { Sql } from '../database/connect.ts';
import { hashToken, makeToken } from './token.ts';
import { openTokenWatch } from './token-watch.ts';

/** A token that another instance revoked stays valid here for up to this long. */
const CACHE_MS = 5_000;
const CACHE_TOKENS = 1_000;
/** A database that takes longer counts as unavailable. */
const DATABASE_TIMEOUT_MS = 1_000;

export interface TokenInfo {
  readonly id: string;
  readonly user: string;
  readonly scopes: readonly Scope[];
  readonly label: string;
  readonly createdAt: string;
  /** Accurate to a few seconds, because of the cache. */
  readonly lastUsedAt?: string;
  readonly revokedAt?: string;
}

export interface NewToken {
  readonly user: string;
  readonly scopes: readonly Scope[];
  readonly label: string;
}

/** A valid token and the user it belongs to. */
export interface FoundToken {
  readonly id: string;
  readonly actor: Actor;
}

export interface Tokens {
  /** Returns undefined for an unknown or revoked token. */
  find(token: string): Promise<FoundToken | undefined>;
  /**
   * Like `find`, but uses the last known result while the database does not answer. Only for requests that change
   * nothing and that operators need during an outage, such as metrics.
   */
  findOrRecall(token: string): Promise<FoundToken | undefined>;
  create(newToken: NewToken): Promise<{ id: string; token: string }>;
  /**
   * Makes `token` the owner's token and revokes the previous one. Returns false, and changes nothing, if `token` was
   * revoked before.
   */
  installOwner(token: string): Promise<boolean>;
  list(): Promise<TokenInfo[]>;
  /** Returns false if there is no such token, or it is already revoked. */
  revoke(id: string): Promise<boolean>;
  /** Calls `onRevoked` once, when the token with this id is revoked. Returns a function that cancels this. */
  whenRevoked(id: string, onRevoked: () => void): () => void;
  /** Number of open streams of this token. */
  inUse(id: string): number;
  close(): void;
}

const OWNER = 'owner';
const OWNER_LABEL = "the owner's token of this service";

export interface TokensOptions {
  readonly sql: Sql;
  readonly logger: Logger;
  readonly newId: () => string;
  /** Monotonic clock. */
  readonly nowMs: () => number;
}

/** Close it to stop the check for tokens that other instances revoked. */
export function openTokens({ sql, logger, newId, nowMs }: TokensOptions): Tokens {
  const cache = new Map<string, { found: FoundToken; untilMs: number }>();
  const lookups = new Map<string, Promise<FoundToken | undefined>>();
  const watch = openTokenWatch(sql, logger);
  let revocations = 0;

  function find(token: string): Promise<FoundToken | undefined> {
    const hash = hashToken(token);
    const key = hash.toString('base64');
    const known = cache.get(key);
    if (known && known.untilMs > nowMs()) return Promise.resolve(known.found);
    // when thousands of clients reconnect at once, they share one query
    const lookup = lookups.get(key) ?? lookUp(hash, key).finally(() => lookups.delete(key));
    lookups.set(key, lookup);
    return lookup;
  }

  async function lookUp(hash: Buffer, key: string): Promise<FoundToken | undefined> {
    const revocationsBefore = revocations;
    const [row] = await sql<{ id: string; user_name: string; scopes: Scope[] }[]>`
      update tokens set last_used_at = now()
      where hash = ${hash} and revoked_at is null
      returning id, user_name, scopes
    `;
    if (!row) {
      cache.delete(key);
      return undefined;
    }
    const found = { id: row.id, actor: { user: row.user_name, scopes: row.scopes } };
    // this token may have been revoked during the query
    if (revocations !== revocationsBefore) return found;
    if (cache.size >= CACHE_TOKENS) cache.clear();
    cache.set(key, { found, untilMs: nowMs() + CACHE_MS });
    return found;
  }

  async function findOrRecall(token: string): Promise<FoundToken | undefined> {
    const cached = cache.get(hashToken(token).toString('base64'))?.found;
    const lookup = find(token);
    if (!cached) return lookup;
    const timeout = new AbortController();
    try {
      return await Promise.race([lookup, delay(DATABASE_TIMEOUT_MS, cached, timeout)]);
    } catch (error) {
      logger.debug({ err: error }, 'used a cached token because the database failed');
      return cached;
    } finally {
      timeout.abort();
    }
  }

  async function create({ user, scopes, label }: NewToken): Promise<{ id: string; token: string }> {
    const token = makeToken();
    const id = newId();
    await sql`
      insert into tokens (id, hash, user_name, scopes, label)
      values (${id}, ${hashToken(token)}, ${user}, ${scopes as Scope[]}, ${label})
    `;
    return { id, token };
  }

  async function installOwner(token: string): Promise<boolean> {
    const hash = hashToken(token);
    await sql`
      insert into tokens (id, hash, user_name, scopes, label)
      values (${newId()}, ${hash}, ${OWNER}, ${[...SCOPES]}, ${OWNER_LABEL})
      on conflict (hash) do nothing
    `;
    const [good] = await sql`select from tokens where hash = ${hash} and revoked_at is null`;
    if (!good) return false;
    await sql`
      update tokens set revoked_at = now()
      where label = ${OWNER_LABEL} and hash <> ${hash} and revoked_at is null
    `;
    return true;
  }

  async function list(): Promise<TokenInfo[]> {
    const rows = await sql<
      {
        id: string;
        user_name: string;
        scopes: Scope[];
        label: string;
        created_at: Date;
        last_used_at: Date | null;
        revoked_at: Date | null;
      }[]
    >`select id, user_name, scopes, label, created_at, last_used_at, revoked_at from tokens order by created_at`;
    return rows.map((row) => ({
      id: row.id,
      user: row.user_name,
      scopes: row.scopes,
      label: row.label,
      createdAt: row.created_at.toISOString(),
      ...(row.last_used_at && { lastUsedAt: row.last_used_at.toISOString() }),
      ...(row.revoked_at && { revokedAt: row.revoked_at.toISOString() }),
    }));
  }

  async function revoke(id: string): Promise<boolean> {
    const { count } = await sql`
      update tokens set revoked_at = now() where id = ${id} and revoked_at is null
    `;
    revocations += 1;
    cache.clear();
    lookups.clear();
    watch.revoked(id);
    return count > 0;
  }

  const { whenRevoked, inUse, close } = watch;
  return { find, findOrRecall, create, installOwner, list, revoke, whenRevoked, inUse, close };
}
