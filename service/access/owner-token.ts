/**
 * The owner's token on this machine: set in the environment, or generated once and stored in a file that only the
 * owner can read. The command line reads it from there.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { makeToken } from './token.ts';
import type { Tokens } from './tokens.ts';

/** Path of the file with the owner's token. */
export function ownerTokenFile(dataDir: string): string {
  return join(dataDir, 'owner-token');
}

/**
 * Makes sure that the owner has a valid token. A stored token that was revoked is replaced by a new one.
 *
 * @param given the configured token; it is not written to disk.
 * @throws ConfigError if the configured token was revoked.
 */
export async function installOwnerToken(
  tokens: Pick<Tokens, 'installOwner'>,
  dataDir: string,
  given: string | undefined,
): Promise<void> {
  if (given !== undefined) {
    if (await tokens.installOwner(given)) return;
    throw new ConfigError(
      'AGENTLIGHT_OWNER_TOKEN is a token that was revoked or replaced. Set a new one, the same for every instance on this database.',
    );
  }
  const file = ownerTokenFile(dataDir);
  const stored = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (stored.trim() !== '' && (await tokens.installOwner(stored.trim()))) return;
  const token = makeToken();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  await tokens.installOwner(token);
}
