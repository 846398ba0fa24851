/**
 * The owner's token on this machine: given by the environment, or made once and kept in a file that only
 * the owner can read, where the command line finds it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { makeToken } from './token.ts';
import type { Tokens } from './tokens.ts';

export function ownerTokenFile(dataDir: string): string {
  return join(dataDir, 'owner-token');
}

/**
 * What was revoked does not come back with a restart: a kept token is replaced by a new one then.
 *
 * @param given the configured token; it is not written to disk.
 * @throws ConfigError when that one was revoked.
 */
export async function installOwnerToken(
  tokens: Pick<Tokens, 'installOwner'>,
  dataDir: string,
  given: string | undefined,
): Promise<void> {
  if (given !== undefined) {
    if (await tokens.installOwner(given)) return;
    throw new ConfigError(
      'AGENTLIGHT_OWNER_TOKEN is a token that was revoked, or replaced by another owner. Set a new one, the same for every instance on this database.',
    );
  }
  const file = ownerTokenFile(dataDir);
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim() !== '' && (await tokens.installOwner(kept.trim()))) return;
  const token = makeToken();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await tokens.installOwner(token);
}
