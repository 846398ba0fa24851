import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { installOwnerToken, ownerTokenFile } from '../../../service/access/owner-token.ts';
import type { Tokens } from '../../../service/access/tokens.ts';
import { openTokens } from '../../../service/access/tokens.ts';
import { createTestDatabase } from '../../support/database.ts';

const GIVEN = 'given-by-the-environment-0123456789';

async function makeDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

async function openTestTokens(): Promise<Tokens> {
  const { sql, drop } = await createTestDatabase();
  onTestFinished(drop);
  const logger = pino({ level: 'silent' });
  const newId = () => crypto.randomUUID();
  const tokens = openTokens({ sql, logger, newId, nowMs: () => performance.now() });
  onTestFinished(tokens.close);
  return tokens;
}

const readToken = async (dataDir: string) =>
  (await readFile(ownerTokenFile(dataDir), 'utf8')).trim();

test('the first start creates a token file that only its owner can read, and later starts use it', async () => {
  const dataDir = join(await makeDirectory(), 'not', 'there');
  const tokens = await openTestTokens();
  await installOwnerToken(tokens, dataDir, undefined);
  const token = await readToken(dataDir);
  expect(token).toMatch(/^agentlight_[0-9A-Za-z]{49}$/);
  expect((await stat(ownerTokenFile(dataDir))).mode & 0o777).toBe(0o600);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  await installOwnerToken(tokens, dataDir, undefined);
  expect(await readToken(dataDir)).toBe(token);
  expect((await tokens.find(token))?.actor).toMatchObject({ user: 'owner' });
});

test('a configured token is not written to disk', async () => {
  const dataDir = await makeDirectory();
  const tokens = await openTestTokens();
  await installOwnerToken(tokens, dataDir, GIVEN);
  expect(await tokens.find(GIVEN)).toBeDefined();
  await expect(readFile(ownerTokenFile(dataDir))).rejects.toThrow('ENOENT');
});

test('a token file that can’t be read stops the start', async () => {
  const dataDir = await makeDirectory();
  await writeFile(join(dataDir, 'file'), '');
  const tokens = await openTestTokens();
  await expect(installOwnerToken(tokens, join(dataDir, 'file'), undefined)).rejects.toThrow(
    'ENOTDIR',
  );
});

test('a new owner’s token revokes the previous one', async () => {
  const tokens = await openTestTokens();
  const { token: bobs } = await tokens.create({ user: 'bob', scopes: ['read'], label: '' });
  for (const token of ['first', 'first', 'second']) await tokens.installOwner(token);
  expect(await tokens.find('first')).toBeUndefined();
  expect((await tokens.find('second'))?.actor).toMatchObject({ user: 'owner' });
  expect((await tokens.find(bobs))?.actor).toEqual({ user: 'bob', scopes: ['read'] });
});

test('a stored token that was revoked is replaced at the next start', async () => {
  const dataDir = await makeDirectory();
  const tokens = await openTestTokens();
  await installOwnerToken(tokens, dataDir, undefined);
  const leaked = await readToken(dataDir);
  await tokens.revoke((await tokens.find(leaked))?.id ?? '');
  await installOwnerToken(tokens, dataDir, undefined);
  const token = await readToken(dataDir);
  expect(token).not.toBe(leaked);
  expect(await tokens.find(leaked)).toBeUndefined();
  expect((await tokens.find(token))?.actor).toMatchObject({ user: 'owner' });
  expect((await stat(ownerTokenFile(dataDir))).mode & 0o777).toBe(0o600);
});

test('a configured token that was revoked is refused, and the current one stays valid', async () => {
  const dataDir = await makeDirectory();
  const tokens = await openTestTokens();
  await installOwnerToken(tokens, dataDir, GIVEN);
  await installOwnerToken(tokens, dataDir, undefined);
  await expect(installOwnerToken(tokens, dataDir, GIVEN)).rejects.toThrow(
    'AGENTLIGHT_OWNER_TOKEN is a token that was revoked',
  );
  expect(await tokens.find(GIVEN)).toBeUndefined();
  expect(await tokens.find(await readToken(dataDir))).toBeDefined();
});
