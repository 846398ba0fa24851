import pino from 'pino';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { openTokens } from '../../../service/access/tokens.ts';
import { createTestDatabase } from '../../support/database.ts';

async function openTokensWithBob() {
  const { sql, drop } = await createTestDatabase();
  let time = 0;
  const logger = pino({ level: 'silent' });
  const tokens = openTokens({ sql, logger, newId: uuidv7, nowMs: () => time });
  onTestFinished(async () => {
    tokens.close();
    await drop();
  });
  const { id, token } = await tokens.create({ user: 'bob', scopes: ['read'], label: '' });
  const expireCache = () => (time += 60_000);
  return { sql, tokens, id, token, expireCache };
}

test('findOrRecall uses the cached token while the database fails, and find does not', async () => {
  const { sql, tokens, id, token, expireCache } = await openTokensWithBob();
  await tokens.find(token);
  expireCache();
  await sql`alter table tokens rename to gone`;
  expect(await tokens.findOrRecall(token)).toMatchObject({ id, actor: { user: 'bob' } });
  await expect(tokens.find(token)).rejects.toThrow('tokens');
  await expect(tokens.findOrRecall('unknown')).rejects.toThrow('tokens');
});

test('a database that is too slow counts as failed', async () => {
  const { sql, tokens, id, token, expireCache } = await openTokensWithBob();
  await tokens.find(token);
  expireCache();
  await sql.begin(async (transaction) => {
    await transaction`lock table tokens`;
    expect(await tokens.findOrRecall(token)).toMatchObject({ id });
  });
});

test('a token is not recalled once its revocation by another instance is known', async () => {
  const { sql, tokens, token, expireCache } = await openTokensWithBob();
  await tokens.find(token);
  await sql`update tokens set revoked_at = now()`;
  expireCache();
  expect(await tokens.findOrRecall(token)).toBeUndefined();
  await sql`alter table tokens rename to gone`;
  await expect(tokens.findOrRecall(token)).rejects.toThrow('tokens');
});
