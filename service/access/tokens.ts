/**
 * Who a token stands for: the table of tokens, with a short memory so that not every request asks it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Actor } from '../../protocol/decide/command.ts';
import type { Scope } from '../../protocol/wire/messages.ts';
import { SCOPES } from '../../protocol/wire/messages.ts';
import type { Sql } from '../database/connect.ts';
import { hashToken, makeToken } from './token.ts';
import { openTokenWatch } from './token-watch.ts';

/** How long a token may still be honoured after it was revoked through another instance. */
const MEMORY_MS = 5_000;
const MEMORY_TOKENS = 1_000;
/** How long the database may take before it counts as not answering. */
const PATIENCE_MS = 1_000;

export interface TokenInfo {
  readonly id: string;
  readonly user: string;
  readonly scopes: readonly Scope[];
  readonly label: string;
  readonly createdAt: string;
  /** Within seconds. */
  readonly lastUsedAt?: string;
  readonly revokedAt?: string;
}

export interface NewToken {
  readonly user: string;
  readonly scopes: readonly Scope[];
  readonly label: string;
}

/** A token that is good, by its id, and who it stands for. */
export interface FoundToken {
  readonly id: string;
  readonly actor: Actor;
}

export interface Tokens {
  /** Undefined for a token that is unknown or revoked. */
  find(token: string): Promise<FoundToken | undefined>;
  /**
   * The same, but while the database does not answer, who the token stood for when it last did. Only for what is
   * needed most then, and changes nothing.
   */
  findOrRecall(token: string): Promise<FoundToken | undefined>;
  create(wanted: NewToken): Promise<{ id: string; token: string }>;
  /**
   * Makes the given text the owner's token, unless it was revoked before: false then, and nothing has changed. The one
   * that held this place is revoked.
   */
  installOwner(token: string): Promise<boolean>;
  list(): Promise<TokenInfo[]>;
  /** False when there is no such token, or it was revoked already. */
  revoke(id: string): Promise<boolean>;
  /** Calls `react` once, when the token with this id is revoked. Returns how to stop. */
  whenRevoked(id: string, react: () => void): () => void;
  /** How many things wait for that: what is open with this token. */
  inUse(id: string): number;
  close(): void;
}

const OWNER = 'owner';
const OWNER_LABEL = "the owner's token of this service";

export interface TokensOptions {
  readonly sql: Sql;
  readonly logger: Logger;
  readonly newId: () => string;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export function openTokens({ sql, logger, newId, nowMs }: TokensOptions): Tokens {
  const memory = new Map<string, { found: FoundToken; untilMs: number }>();
  const asking = new Map<string, Promise<FoundToken | undefined>>();
  const watch = openTokenWatch(sql, logger);
  let revocations = 0;

  function find(token: string): Promise<FoundToken | undefined> {
    const hash = hashToken(token);
    const key = hash.toString('base64');
    const known = memory.get(key);
    if (known && known.untilMs > nowMs()) return Promise.resolve(known.found);
    // when thousands come back at once, one asks for all of them
    const asked = asking.get(key) ?? ask(hash, key).finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  }

  async function ask(hash: Buffer, key: string): Promise<FoundToken | undefined> {
    const revocationsBefore = revocations;
    const [row] = await sql<{ id: string; user_name: string; scopes: Scope[] }[]>`
      update tokens set last_used_at = now()
      where hash = ${hash} and revoked_at is null
      returning id, user_name, scopes
    `;
    if (!row) {
      memory.delete(key);
      return undefined;
    }
    const found = { id: row.id, actor: { user: row.user_name, scopes: row.scopes } };
    // what was revoked while we asked may be this one
    if (revocations !== revocationsBefore) return found;
    if (memory.size >= MEMORY_TOKENS) memory.clear();
    memory.set(key, { found, untilMs: nowMs() + MEMORY_MS });
    return found;
  }

  async function findOrRecall(token: string): Promise<FoundToken | undefined> {
    const recalled = memory.get(hashToken(token).toString('base64'))?.found;
    const asked = find(token);
    if (!recalled) return asked;
    const patience = new AbortController();
    try {
      return await Promise.race([asked, delay(PATIENCE_MS, recalled, patience)]);
    } catch (error) {
      logger.debug({ err: error }, 'recalled a token without the database');
      return recalled;
    } finally {
      patience.abort();
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
    memory.clear();
    asking.clear();
    watch.revoked(id);
    return count > 0;
  }

  const { whenRevoked, inUse, close } = watch;
  return { find, findOrRecall, create, installOwner, list, revoke, whenRevoked, inUse, close };
}
