/** Proof that a body comes from somebody who knows a secret: its HMAC-SHA256, in a header. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Why a signature is not accepted; undefined if it is.
 *
 * @param body the bytes as received, because JSON that was parsed and written again has another signature.
 * @param name of the header, for the error.
 * @param header `sha256=` and 64 hexadecimal digits; the prefix may be missing.
 */
export function signatureError(
  body: Buffer,
  secret: string,
  name: string,
  header: string | undefined,
): string | undefined {
  const hex = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(header ?? '')?.[1];
  if (hex === undefined) return `The header ${name} must be "sha256=" and 64 hexadecimal digits.`;
  const expected = createHmac('sha256', secret).update(body).digest();
  if (timingSafeEqual(expected, Buffer.from(hex, 'hex'))) return undefined;
  return `The signature in ${name} does not match the body. Check that both sides have the same secret and that no proxy changes the body.`;
}
