/**
 * The text of a token: `agentlight_` + 43 base 62 characters (256 random bits) + a checksum of 6 characters.
 *
 * Secret scanners find leaked tokens by the prefix, and rule out false positives by the checksum. Only the SHA-256
 * is stored: a slow hash would add no protection to 256 random bits.
 */
import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'agentlight_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A new random token. */
export function makeToken(): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43);
  return PREFIX + secret + base62(BigInt(crc32(secret)), 6);
}

/** The SHA-256 by which a token is stored and found. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function base62(value: bigint, width: number): string {
  let rest = value;
  let text = '';
  while (rest > 0n) {
    text = DIGITS[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return text.padStart(width, '0');
}
