/**
 * Pairing: a short code, shown in a terminal that holds a token, is traded once for a token of its own.
 *
 * Eight characters of Crockford's base 32 are 40 bits; with the attempts limited and the time short,
 * guessing is hopeless. Only the code's hash is stored.
 */
import { createHash, randomInt } from 'node:crypto';
import type { PairingCode } from '../../protocol/wire/messages.ts';
import type { Sql } from '../database/connect.ts';
import type { Tokens } from './tokens.ts';

/** No I, L, O or U: nothing to mistake, no accidental words. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_CHARS = 8;

/** Wrong codes that are looked at, over all clients, before the rest has to wait. */
const ATTEMPTS = 10;
const ATTEMPTS_WINDOW_MS = 60_000;

export type Redeemed =
  | { readonly kind: 'token'; readonly token: string; readonly user: string }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'too-many'; readonly retryAfterS: number };

export interface Pairing {
  /** Makes a code for a token of `user`'s. */
  offer(user: string): Promise<PairingCode>;
  redeem(code: string, label: string): Promise<Redeemed>;
}

export interface PairingOptions {
  readonly sql: Sql;
  readonly tokens: Tokens;
  readonly codeMs: number;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export function openPairing({ sql, tokens, codeMs, nowMs }: PairingOptions): Pairing {
  let windowEndsMs = 0;
  let attemptsLeft = ATTEMPTS;

  async function offer(user: string): Promise<PairingCode> {
    const letters = Array.from({ length: CODE_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]);
    const code = letters.join('');
    await sql`delete from pairing_codes where expires_at < now()`;
    const [row] = await sql<{ expires_at: Date }[]>`
      insert into pairing_codes (hash, user_name, expires_at)
      values (${hashCode(code)}, ${user}, now() + ${codeMs} * interval '1 millisecond')
      returning expires_at
    `;
    const expiresAt = (row as { expires_at: Date }).expires_at.toISOString();
    return { code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresAt };
  }

  async function redeem(typed: string, label: string): Promise<Redeemed> {
    if (nowMs() >= windowEndsMs) {
      windowEndsMs = nowMs() + ATTEMPTS_WINDOW_MS;
      attemptsLeft = ATTEMPTS;
    }
    if (attemptsLeft === 0) {
      return { kind: 'too-many', retryAfterS: Math.ceil((windowEndsMs - nowMs()) / 1_000) };
    }
    attemptsLeft -= 1;
    const [row] = await sql<{ user_name: string; good: boolean }[]>`
      delete from pairing_codes where hash = ${hashCode(normalize(typed))}
      returning user_name, expires_at > now() as good
    `;
    if (!row?.good) return { kind: 'invalid' };
    attemptsLeft += 1;
    const user = row.user_name;
    const scopes = ['read', 'operate'] as const;
    const { token } = await tokens.create({ user, scopes, label });
    return { kind: 'token', token, user };
  }

  return { offer, redeem };
}

/** Case, dashes and spaces don't matter, and O, I and L are read as what was meant (Crockford). */
function normalize(typed: string): string {
  return typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

function hashCode(code: string): Buffer {
  return createHash('sha256').update(`pairing ${code}`).digest();
}
