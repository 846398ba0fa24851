/**
 * The owner's token on this machine: given by the environment, or made once and kept in a file that only
 * the owner can read, where the command line finds it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeToken } from './token.ts';

export function ownerTokenFile(dataDir: string): string {
  return join(dataDir, 'owner-token');
}

/** @param given the configured token; it is not written to disk. */
export async function ownerToken(dataDir: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const file = ownerTokenFile(dataDir);
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim() !== '') return kept.trim();
  const token = makeToken();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return token;
}
