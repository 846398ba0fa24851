import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeEach, expect, onTestFinished, test } from 'vitest';

import { openPool, type Sql } from '../../../service/database/connect.ts';
import { migrate } from '../../../service/database/migrate.ts';
import { createTestDatabase } from '../../support/database.ts';
import { makeDirectory, silent as log } from './data-directory.ts';

const files = {
  '0001_letters.sql':
    "create table letters (letter text primary key);\ninsert into letters values ('a');\n",
  '0002_more_letters.sql': "insert into letters select max(letter) || 'b' from letters;\n",
};

let url: string;
let sql: Sql;
let directory: string;

beforeEach(async () => {
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  ({ url, sql } = database);
  // Begin with what a database has before its first migration.
  await sql`drop schema public cascade`;
  await sql`create schema public`;
  const { dir, remove } = await makeDirectory();
  onTestFinished(remove);
  directory = join(dir, 'migrations');
  await mkdir(directory);
  await writeMigrations(files);
});

async function writeMigrations(texts: Record<string, string>): Promise<void> {
  const writing = Object.entries(texts).map(([name, text]) =>
    writeFile(join(directory, name), text),
  );
  await Promise.all(writing);
}

async function readLetters(): Promise<string[]> {
  return (await sql`select letter from letters order by letter`).map((row) =>
    String(row['letter']),
  );
}

test('migrations are applied in order, once, and recorded', async () => {
  expect(await migrate(sql, { log, directory })).toEqual(['0001_letters', '0002_more_letters']);
  expect(await migrate(sql, { log, directory })).toEqual([]);
  expect(await readLetters()).toEqual(['a', 'ab']);
  const recorded = await sql`
    select number, name, length(sha256) as hex, applied_at > now() - interval '1 minute' as fresh
    from migrations order by number`;
  expect([...recorded]).toEqual([
    { number: 1, name: '0001_letters', hex: 64, fresh: true },
    { number: 2, name: '0002_more_letters', hex: 64, fresh: true },
  ]);
});

test('only new migrations are applied to a database that has the others', async () => {
  await migrate(sql, { log, directory });
  await writeMigrations({ '0003_last_letter.sql': "insert into letters values ('z');" });
  expect(await migrate(sql, { log, directory })).toEqual(['0003_last_letter']);
});

test('a failed migration leaves nothing behind, and those before it stay', async () => {
  const broken = "insert into letters values ('c');\ninsert into lettres values ('d');";
  await writeMigrations({ '0003_broken.sql': broken });
  const attempt = migrate(sql, { log, directory });
  await expect(attempt).rejects.toThrow(
    /0003_broken failed: relation "lettres" does not exist\. Nothing of it/,
  );
  expect(await readLetters()).toEqual(['a', 'ab']);
  await writeMigrations({ '0003_broken.sql': "insert into letters values ('c');" });
  expect(await migrate(sql, { log, directory })).toEqual(['0003_broken']);
});

test('a migration that was changed after it was applied is refused', async () => {
  await migrate(sql, { log, directory });
  await writeMigrations({ '0001_letters.sql': 'create table letters (letter char primary key);' });
  await expect(migrate(sql, { log, directory })).rejects.toThrow(
    /Migration 1 is not the one.*never change/,
  );
});

test('a checkout with the line ends of Windows is the same migration', async () => {
  await migrate(sql, { log, directory });
  await writeMigrations({ '0001_letters.sql': files['0001_letters.sql'].replaceAll('\n', '\r\n') });
  expect(await migrate(sql, { log, directory })).toEqual([]);
});

test('a database that a newer program has used is refused', async () => {
  await migrate(sql, { log, directory });
  await sql`insert into migrations (number, name, sha256) values (3, '0003_future', 'f')`;
  await expect(migrate(sql, { log, directory })).rejects.toThrow(
    /newer than this program: it has the migration 0003_future.*Start the newer Agentlight/,
  );
});

test('four instances that start at the same time apply each migration once', async () => {
  const pools = await Promise.all(
    Array.from({ length: 4 }, () => openPool(url, { log, maxConnections: 2 })),
  );
  onTestFinished(async () => void (await Promise.all(pools.map((pool) => pool.end()))));
  const names = await Promise.all(pools.map((pool) => migrate(pool, { log, directory })));
  expect(names.flat().sort()).toEqual(['0001_letters', '0002_more_letters']);
  expect(await readLetters()).toEqual(['a', 'ab']);
});

test.each([
  [
    { '0004_gap.sql': 'select 1' },
    '0004_gap.sql is out of place: the next one should be called 0003_name.sql',
  ],
  [{ '0002_twice.sql': 'select 1' }, '0002_twice.sql is out of place'],
  [{ '3_short.sql': 'select 1' }, '3_short.sql is out of place'],
])('files that are not numbered in a row are refused: %j', async (extra, message) => {
  await writeMigrations(extra);
  await expect(migrate(sql, { log, directory })).rejects.toThrow(message);
});
