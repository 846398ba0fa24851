import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DatabaseError } from './database-error.ts';

/** A file `NNNN_name.sql`. `name` is its name without the ending. */
export type Migration = { number: number; name: string; sha256: string; text: string };

/**
 * Reads the migrations of a directory, in order. Files that are not SQL are ignored.
 *
 * @throws DatabaseError unless they are numbered 0001, 0002, … without gaps and repetitions.
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
  if (files.length === 0) {
    throw new DatabaseError(`There are no migrations in ${directory}. Install Agentlight again.`);
  }
  return Promise.all(files.map((file, index) => readMigration(directory, file, index + 1)));
}

async function readMigration(directory: string, file: string, number: number): Promise<Migration> {
  const name = file.slice(0, -'.sql'.length);
  const prefix = String(number).padStart(4, '0');
  if (!/^\d{4}_[a-z0-9_]+$/.test(name) || !name.startsWith(prefix)) {
    throw new DatabaseError(
      `The migration ${file} is out of place: the next one should be called ${prefix}_name.sql.`,
    );
  }
  // Git may check files out with the line ends of Windows, which must not change the hash
  const text = (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n');
  return { number, name, sha256: createHash('sha256').update(text).digest('hex'), text };
}
