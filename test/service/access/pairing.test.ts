import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import pino from 'pino';
import type { PairAnswer, PairingCode } from '../../../protocol/wire/messages.ts';
import { openPairing } from '../../../service/access/pairing.ts';
import { openTokens } from '../../../service/access/tokens.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { Hub } from '../http/hub.ts';
import { openHub, startHub } from '../http/hub.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
});
afterAll(() => hub.close());

const offer = (at: Hub, token?: string) =>
  at.expect<PairingCode>(201, 'POST', '/v1/pairing-codes', token === undefined ? {} : { token });
const pair = (at: Hub, code: string, rest: object = {}) =>
  at.send('POST', '/v1/pair', { token: undefined, body: { code, ...rest } });
const redeem = (at: Hub, code: string, rest: object = {}) =>
  at.expect<PairAnswer>(200, 'POST', '/v1/pair', { token: undefined, body: { code, ...rest } });

test('a code has eight unambiguous characters and is valid for half an hour', async () => {
  const codes = await Promise.all(Array.from({ length: 20 }, () => offer(hub)));
  for (const { code, expiresAt } of codes) {
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    const leftMs = Date.parse(expiresAt) - Date.now();
    expect(leftMs).toBeGreaterThan(29 * 60_000);
    expect(leftMs).toBeLessThan(31 * 60_000);
  }
  expect(new Set(codes.map(({ code }) => code)).size).toBe(20);
});

test('a code is exchanged for a token of the user who created the code', async () => {
  const bob = await hub.token('bob', ['operate']);
  const { code } = await offer(hub, bob);
  const { token, user, service } = await redeem(hub, code, { label: 'Chrome on laptop' });
  expect(user).toBe('bob');
  expect(service).toEqual({ name: 'agentlight', version: '0.1.0', epoch: expect.any(String) });
  expect(token).toMatch(/^agentlight_[0-9A-Za-z]{49}$/);
  expect((await (await hub.stream('/v1/stream', { token })).hello()).user).toBe('bob');
  const { tokens } = await hub.expect<{ tokens: object[] }>(200, 'GET', '/v1/tokens');
  expect(tokens).toContainEqual(
    expect.objectContaining({
      user: 'bob',
      label: 'Chrome on laptop',
      scopes: ['read', 'operate'],
    }),
  );
});

test('the token of a browser may read, run and pair, and nothing else', async () => {
  const { token } = await redeem(hub, (await offer(hub)).code);
  await hub.expect(200, 'GET', '/v1/snapshot', { token });
  await hub.expect(404, 'POST', '/v1/agents/nobody/runs', { token, body: {} });
  await offer(hub, token);
  await hub.expect(403, 'PUT', '/v1/agents/a', { token, body: { name: 'A' } });
  await hub.expect(403, 'POST', '/v1/events', { token, body: { events: [] } });
  await hub.expect(403, 'GET', '/v1/runners/r/commands?agent=a', { token });
  await hub.expect(403, 'GET', '/v1/tokens', { token });
});

test('a code works once', async () => {
  const { code } = await offer(hub);
  const answers = await Promise.all(Array.from({ length: 5 }, () => pair(hub, code)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 401)).toHaveLength(4);
});

/** A code with characters that people confuse with others. */
async function offerAmbiguous(): Promise<string> {
  for (;;) {
    const { code } = await offer(hub);
    if (code.includes('0') && code.includes('1')) return code;
  }
}

test.each([
  ['in lower case', (code: string) => code.toLowerCase()],
  ['without the dash', (code: string) => code.replace('-', '')],
  ['with spaces', (code: string) => ` ${code.replaceAll(/(.)/g, '$1 ')}\n`],
  ['with O for 0, and I for 1', (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'I')],
  ['with l for 1', (code: string) => code.toLowerCase().replaceAll('1', 'l')],
])('a code may be typed %s', async (_how, typed) => {
  const code = await offerAmbiguous();
  expect((await redeem(hub, typed(code))).user).toBe('owner');
});

test('an expired code is refused and deleted', async () => {
  const { code } = await offer(hub);
  await hub.sql`update pairing_codes set expires_at = now()`;
  expect((await pair(hub, code)).status).toBe(401);
  expect((await pair(hub, code)).status).toBe(401);

  await offer(hub);
  await hub.sql`update pairing_codes set expires_at = now()`;
  await offer(hub);
  expect(await hub.sql`select from pairing_codes`).toHaveLength(1);
});

test('the lifetime of a code is configurable', async () => {
  const short = await startHub({ AGENTLIGHT_PAIRING_CODE_MS: '60000' });
  const leftMs = Date.parse((await offer(short)).expiresAt) - Date.now();
  expect(leftMs).toBeGreaterThan(50_000);
  expect(leftMs).toBeLessThanOrEqual(61_000);
});

test('after ten wrong codes all codes are refused for a minute, even the right one', async () => {
  const guarded = await startHub();
  const { code } = await offer(guarded);
  const guesses = await Promise.all(Array.from({ length: 11 }, () => pair(guarded, 'ABCD-EFGH')));
  const refused = guesses.filter(({ status }) => status === 429);
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
  expect(refused).toHaveLength(1);
  const late = await pair(guarded, code);
  expect(late.status).toBe(429);
  expect(late.text).toContain('/problems/rate-limited');
  expect(Number(late.headers['retry-after'])).toBeGreaterThanOrEqual(55);
  expect(Number(late.headers['retry-after'])).toBeLessThanOrEqual(60);
});

test('codes are accepted again after a minute, and right codes do not count as attempts', async () => {
  const { sql, drop } = await createTestDatabase();
  onTestFinished(drop);
  let clockMs = 5;
  const nowMs = () => clockMs;
  let ids = 0;
  const newId = () => `0198c2f4-0000-7000-8000-${String((ids += 1)).padStart(12, '0')}`;
  const tokens = openTokens({ sql, logger: pino({ level: 'silent' }), newId, nowMs });
  onTestFinished(tokens.close);
  const pairing = openPairing({ sql, tokens, codeMs: 60_000, nowMs });
  const right = async () => pairing.redeem((await pairing.offer('owner')).code, '');
  const kinds = async (count: number, attempt: () => Promise<{ kind: string }>) => {
    const seen = new Set<string>();
    for (let left = count; left > 0; left -= 1) seen.add((await attempt()).kind);
    return [...seen];
  };
  const wrong = () => pairing.redeem('WRONG', '');

  expect(await kinds(9, wrong)).toEqual(['invalid']);
  expect(await kinds(12, right)).toEqual(['token']);
  expect(await kinds(1, wrong)).toEqual(['invalid']);
  clockMs += 59_500;
  expect(await right()).toEqual({ kind: 'too-many', retryAfterS: 1 });
  clockMs += 500;
  expect(await kinds(3, right)).toEqual(['token']);
});
