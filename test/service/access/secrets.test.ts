import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { PairAnswer, PairingCode } from '../../../protocol/wire/messages.ts';
import type { Hub } from '../http/hub.ts';
import { OWNER_TOKEN, startHub } from '../http/hub.ts';
import { connectRunner } from '../http/runner.ts';

/** The encodings in which a secret could leak. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')];
}

/** Creates a secret of each kind, and uses each correctly and incorrectly. */
async function makeSecrets(hub: Hub): Promise<string[]> {
  const offer = () => hub.expect<PairingCode>(201, 'POST', '/v1/pairing-codes');
  const [{ code: used }, { code: kept }] = [await offer(), await offer()];
  const body = { code: used };
  const { token: paired } = await hub.expect<PairAnswer>(200, 'POST', '/v1/pair', { body });
  const made = await hub.token('bob', ['report', 'read']);
  await hub.register('a', {}, made);
  const runner = await connectRunner(hub, 'r', ['a'], { token: made });
  await runner.goodbye();
  await hub.stream('/v1/stream', { token: paired });
  await hub.expect(403, 'GET', '/v1/tokens', { token: made });
  await hub.expect(401, 'POST', '/v1/pair', { body });
  return [OWNER_TOKEN, paired, made, used, kept, used.replace('-', ''), kept.replace('-', '')];
}

test('the database contains no tokens and no codes, only their hashes', async () => {
  const hub = await startHub();
  const secrets = await makeSecrets(hub);
  const tables = await hub.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public'
  `;
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['tokens', 'pairing_codes', 'log', 'agents']),
  );
  const dump = await Promise.all(
    tables.map(({ name }) => hub.sql`select row_to_json(t)::text as row from ${hub.sql(name)} t`),
  );
  const text = JSON.stringify(dump);
  for (const form of secrets.flatMap(formsOf)) expect(text).not.toContain(form);
  const hash = createHash('sha256').update(OWNER_TOKEN).digest('hex');
  expect(text).toContain(hash);
});

test('the log output contains no tokens and no codes, even when the database fails', async () => {
  const hub = await startHub();
  const secrets = await makeSecrets(hub);
  await hub.sql`alter table pairing_codes rename to gone`;
  await hub.expect(500, 'POST', '/v1/pair', { body: { code: 'WXYZ-WXYZ' } });
  await hub.sql`alter table tokens rename to gone_too`;
  await hub.expect(500, 'GET', '/v1/agents', { token: 'agentlight_never-seen-before' });
  await hub.sql`alter table gone_too rename to tokens`;
  await hub.stop();
  await hub.start();
  const text = hub.logText();
  expect(text).toContain('listening');
  expect(text.match(/a request failed/g)).toHaveLength(2);
  const all = [...secrets, 'WXYZ-WXYZ', 'WXYZWXYZ', 'never-seen-before'];
  for (const form of all.flatMap(formsOf)) expect(text).not.toContain(form);
});

test('a token is shown only when it is created', async () => {
  const hub = await startHub();
  const body = { user: 'bob', scopes: ['read', 'report'], label: 'CI' };
  const made = await hub.expect<{ id: string; token: string }>(201, 'POST', '/v1/tokens', { body });
  expect(made).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    token: expect.stringMatching(/^agentlight_/),
    user: 'bob',
    scopes: ['read', 'report'],
  });
  const { text } = await hub.send('GET', '/v1/tokens');
  const { tokens } = JSON.parse(text) as { tokens: object[] };
  expect(tokens).toHaveLength(2);
  expect(tokens[1]).toEqual({
    id: made.id,
    user: 'bob',
    scopes: ['read', 'report'],
    label: 'CI',
    createdAt: expect.any(String),
  });
  for (const form of [made.token, OWNER_TOKEN].flatMap(formsOf)) expect(text).not.toContain(form);
});
