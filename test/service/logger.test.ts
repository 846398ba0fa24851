import { expect, test } from 'vitest';
import { makeToken } from '../../service/access/token.ts';
import { createLogger } from '../../service/logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger('debug', { write: (line) => (text += line) }));
  return text;
}

test.each([
  ['in a field', (token: string) => ({ token })],
  ['in a header', (token: string) => ({ headers: { authorization: `Bearer ${token}` } })],
  ['in a URL', (token: string) => ({ url: `/v1/stream?once=1&token=${token}&agent=a` })],
  ['in an error', (token: string) => ({ err: new Error(`GET /v1/stream?token=${token} failed`) })],
  ['deeply nested', (token: string) => ({ a: { b: { c: [`it was "Bearer ${token}"`] } } })],
])('a token is never logged: %s', (_where, fieldsWith) => {
  for (const token of [makeToken(), 'a-token-of-the-owner-0123456789abcdef']) {
    const line = logged((logger) => logger.warn(fieldsWith(token), 'seen'));
    expect(line).not.toContain(token);
    expect(line).toContain('[Redacted]');
    expect(JSON.parse(line)).toMatchObject({ name: 'agentlight', msg: 'seen' });
  }
});

test('a token in the message is redacted, and the rest of the line is kept', () => {
  const token = makeToken();
  const line = logged((logger) => logger.info({ agent: 'a' }, `token ${token} was used`));
  expect(JSON.parse(line)).toMatchObject({ agent: 'a', msg: 'token [Redacted] was used' });
});
