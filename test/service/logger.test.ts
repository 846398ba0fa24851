import { expect, test } from 'vitest';
import { makeToken } from '../../service/access/token.ts';
import { createLogger } from '../../service/logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger('debug', { write: (line) => (text += line) }));
  return text;
}

test.each([
  ['a field', (token: string) => ({ token })],
  ['a header', (token: string) => ({ headers: { authorization: `Bearer ${token}` } })],
  ['an address', (token: string) => ({ url: `/v1/stream?once=1&token=${token}&agent=a` })],
  ['an error', (token: string) => ({ err: new Error(`GET /v1/stream?token=${token} failed`) })],
  ['deep inside', (token: string) => ({ a: { b: { c: [`it was "Bearer ${token}"`] } } })],
])('a token never gets into the log: %s', (_where, fieldsWith) => {
  for (const token of [makeToken(), 'a-token-of-the-owner-0123456789abcdef']) {
    const line = logged((logger) => logger.warn(fieldsWith(token), 'seen'));
    expect(line).not.toContain(token);
    expect(line).toContain('[Redacted]');
    expect(JSON.parse(line)).toMatchObject({ name: 'agentlight', msg: 'seen' });
  }
});

test('a token in the message itself never gets into the log, and the rest of the line stays', () => {
  const token = makeToken();
  const line = logged((logger) => logger.info({ agent: 'a' }, `token ${token} was used`));
  expect(JSON.parse(line)).toMatchObject({ agent: 'a', msg: 'token [Redacted] was used' });
});
