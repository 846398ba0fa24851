/**
 * Pairing: a short code from a terminal that has a token can be exchanged once for a new token.
 *
 * Eight characters of Crockford's base 32 are 40 bits: too many to guess with limited attempts in a short time. Only
 * the hash of the code is stored.
 */
import { createHash, randomInt } from 'node:crypto';
import type { PairingCode } from '../../protocol/wire/messages.ts';
import type { Sql } from '../database/connect.ts';
import type { Tokens } from './tokens.ts';

/** Without I, L, O and U: no ambiguous characters and no accidental words. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_CHARS = 8;

/** Wrong codes that are checked per window, from all clients together. */
const ATTEMPTS = 10;
const ATTEMPTS_WINDOW_MS = 60_000;

export type RedeemResult =
  | { readonly kind: 'token'; readonly token: string; readonly user: string }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'too-many'; readonly retryAfterS: number };

export interface Pairing {
  /** Creates a code that can be exchanged for a token of `user`. */
  offer(user: string): Promise<PairingCode>;
  /** Exchanges a code, as a person typed it, for a token with this label. */
  redeem(code: string, label: string): Promise<RedeemResult>;
}

export interface PairingOptions {
  readonly sql: Sql;
  readonly tokens: Tokens;
  readonly codeMs: number;
  /** Monotonic clock. */
  readonly nowMs: () => number;
}

/** Limits the attempts in this process; the codes are in the database. */
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

  async function redeem(typed: string, label: string): Promise<RedeemResult> {
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

/** Ignores case, dashes and spaces, and reads O as 0, I and L as 1 (Crockford). */
function normalize(typed: string): string {
  return typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

function hashCode(code: string): Buffer {
  return createHash('sha256').update(`pairing ${code}`).digest();
}
