import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { ownerToken, ownerTokenFile } from '../../../service/access/owner-token.ts';
import { openTokens } from '../../../service/access/tokens.ts';
import { createTestDatabase } from '../../support/database.ts';

async function makeDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

test('the first start makes a token that only its owner can read, and every other finds it', async () => {
  const dataDir = join(await makeDirectory(), 'not', 'there');
  const token = await ownerToken(dataDir, undefined);
  expect(token).toMatch(/^agentlight_[0-9A-Za-z]{49}$/);
  expect(await readFile(ownerTokenFile(dataDir), 'utf8')).toBe(`${token}\n`);
  expect((await stat(ownerTokenFile(dataDir))).mode & 0o777).toBe(0o600);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  expect(await ownerToken(dataDir, undefined)).toBe(token);
});

test('a token that is given is not written down', async () => {
  const dataDir = await makeDirectory();
  const given = 'given-by-the-environment-0123456789';
  expect(await ownerToken(dataDir, given)).toBe(given);
  await expect(readFile(ownerTokenFile(dataDir))).rejects.toThrow('ENOENT');
});

test('a file that can not be read stops the start', async () => {
  const dataDir = await makeDirectory();
  await writeFile(join(dataDir, 'file'), '');
  await expect(ownerToken(join(dataDir, 'file'), undefined)).rejects.toThrow('ENOTDIR');
});

test("another owner's token takes the place of the last one", async () => {
  const { sql, drop } = await createTestDatabase();
  onTestFinished(drop);
  const logger = pino({ level: 'silent' });
  const newId = () => crypto.randomUUID();
  const tokens = openTokens({ sql, logger, newId, nowMs: () => performance.now() });
  onTestFinished(tokens.close);
  const { token: bobs } = await tokens.create({ user: 'bob', scopes: ['read'], label: '' });
  for (const token of ['first', 'first', 'second']) await tokens.installOwner(token);
  expect(await tokens.find('first')).toBeUndefined();
  expect((await tokens.find('second'))?.actor).toMatchObject({ user: 'owner' });
  expect((await tokens.find(bobs))?.actor).toEqual({ user: 'bob', scopes: ['read'] });
  await tokens.installOwner('first');
  expect(await tokens.find('first')).toBeDefined();
});
