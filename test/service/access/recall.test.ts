import pino from 'pino';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { openTokens } from '../../../service/access/tokens.ts';
import { createTestDatabase } from '../../support/database.ts';

async function openWorld() {
  const { sql, drop } = await createTestDatabase();
  let time = 0;
  const logger = pino({ level: 'silent' });
  const tokens = openTokens({ sql, logger, newId: uuidv7, nowMs: () => time });
  onTestFinished(async () => {
    tokens.close();
    await drop();
  });
  const { id, token } = await tokens.create({ user: 'bob', scopes: ['read'], label: '' });
  const forget = () => (time += 60_000);
  return { sql, tokens, id, token, forget };
}

test('a token that was good is recalled while the database does not answer, and only for that', async () => {
  const { sql, tokens, id, token, forget } = await openWorld();
  await tokens.find(token);
  forget();
  await sql`alter table tokens rename to gone`;
  expect(await tokens.findOrRecall(token)).toMatchObject({ id, actor: { user: 'bob' } });
  await expect(tokens.find(token)).rejects.toThrow('tokens');
  await expect(tokens.findOrRecall('unknown')).rejects.toThrow('tokens');
});

test('a database that takes too long counts as one that does not answer', async () => {
  const { sql, tokens, id, token, forget } = await openWorld();
  await tokens.find(token);
  forget();
  await sql.begin(async (transaction) => {
    await transaction`lock table tokens`;
    expect(await tokens.findOrRecall(token)).toMatchObject({ id });
  });
});

test('a token that was revoked elsewhere is not recalled once that is known', async () => {
  const { sql, tokens, token, forget } = await openWorld();
  await tokens.find(token);
  await sql`update tokens set revoked_at = now()`;
  forget();
  expect(await tokens.findOrRecall(token)).toBeUndefined();
  await sql`alter table tokens rename to gone`;
  await expect(tokens.findOrRecall(token)).rejects.toThrow('tokens');
});
