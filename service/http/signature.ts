/** What shows that a body comes from somebody who knows a secret: its HMAC-SHA256, in a header. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { throwProblem } from './problem.ts';

/**
 * @param body exactly as it came: anything that was parsed and written again has another signature.
 * @throws HttpProblem
 */
export function checkSignature(
  body: Buffer,
  secret: string,
  name: string,
  header: string | undefined,
): void {
  const hex = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(header ?? '')?.[1];
  if (hex === undefined) {
    throwProblem(
      'invalid-signature',
      `The header ${name} must be "sha256=" and 64 hexadecimal digits.`,
    );
  }
  const expected = createHmac('sha256', secret).update(body).digest();
  if (timingSafeEqual(expected, Buffer.from(hex, 'hex'))) return;
  throwProblem(
    'invalid-signature',
    `The signature in ${name} is not that of this body. Give both sides the same secret, and let nothing on the way change the body.`,
  );
}
