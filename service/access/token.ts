/**
 * Tokens as text: `agentlight_` + 43 base 62 characters (256 random bits) + 6 of checksum.
 *
 * The prefix lets secret scanners find a leaked one, the checksum keeps them from crying wolf. Only the
 * SHA-256 is stored; with that much randomness a slow hash would add nothing.
 */
import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'agentlight_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export function makeToken(): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43);
  return PREFIX + secret + base62(BigInt(crc32(secret)), 6);
}

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
