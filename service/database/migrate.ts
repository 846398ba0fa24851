import { fileURLToPath } from 'node:url';

import type { Logger } from 'pino';
import type { TransactionSql } from 'postgres';

import type { Sql } from './connect.ts';
import { DatabaseError } from './database-error.ts';
import { readMigrations, type Migration } from './migration-files.ts';

type Transaction = TransactionSql<{ bigint: number }>;
type Applied = { number: number; name: string; sha256: string };

const ownMigrations = fileURLToPath(new URL('migrations', import.meta.url));

// "aglt" in ASCII; any number that nobody else uses would do
const lockKey = 0x61_67_6c_74;

/**
 * Brings the database up to date with this program: applies, in order, each migration of `directory` that is not yet in
 * the table `migrations`. Each has its own transaction, which holds an advisory lock, so instances that start at the same
 * time take turns.
 *
 * @param options.directory Defaults to Agentlight's own migrations.
 * @returns the names of the migrations that this instance applied.
 * @throws DatabaseError if a migration fails, which leaves nothing of it behind, if one was changed after it was applied,
 *   or if a newer program has used the database.
 */
export async function migrate(
  sql: Sql,
  options: { log: Logger; directory?: string },
): Promise<string[]> {
  const { log, directory = ownMigrations } = options;
  const migrations = await readMigrations(directory);
  const names: string[] = [];
  for (;;) {
    const name = await sql.begin('isolation level read committed', async (transaction) => {
      await lock(transaction, log);
      return applyNext(transaction, migrations);
    });
    if (name === undefined) return names;
    log.info({ migration: name }, 'migrated the database');
    names.push(name);
  }
}

/** Takes the lock until the end of the transaction, however that ends. */
async function lock(sql: Transaction, log: Logger): Promise<void> {
  const [attempt] = await sql<{ locked: boolean }[]>`
    select pg_try_advisory_xact_lock(${lockKey}) as locked`;
  if (attempt?.locked) return;
  log.info('waiting for another instance, which is migrating the database');
  await sql`select pg_advisory_xact_lock(${lockKey})`;
}

async function applyNext(sql: Transaction, migrations: Migration[]): Promise<string | undefined> {
  const applied = await readApplied(sql);
  for (const record of applied) check(record, migrations[record.number - 1], migrations.length);
  const next = migrations[applied.length];
  if (next) await apply(sql, next);
  return next?.name;
}

async function readApplied(sql: Transaction): Promise<Applied[]> {
  try {
    await sql`
      create table if not exists migrations (
        number integer primary key,
        name text not null,
        sha256 text not null,
        applied_at timestamptz not null default now()
      )`;
  } catch (cause) {
    if ((cause as { code?: string }).code !== '42501') throw cause;
    throw new DatabaseError(
      'The database user may not make tables. Make it the owner of the database, for example with ' +
        '`alter database agentlight owner to agentlight`.',
      { cause },
    );
  }
  return sql<Applied[]>`select number, name, sha256 from migrations order by number`;
}

function check(applied: Applied, migration: Migration | undefined, known: number): void {
  if (!migration) {
    throw new DatabaseError(
      `The database is newer than this program: it has the migration ${applied.name}, and this program ` +
        `knows ${known}. Start the newer Agentlight that was used with it, or restore a backup ` +
        'from before the upgrade.',
    );
  }
  if (migration.name === applied.name && migration.sha256 === applied.sha256) return;
  throw new DatabaseError(
    `Migration ${applied.number} is not the one that was applied to this database: applied was ` +
      `${applied.name} (${applied.sha256.slice(0, 12)}), this program brings ${migration.name} ` +
      `(${migration.sha256.slice(0, 12)}). An applied migration must never change. Install Agentlight ` +
      'again as it was released; if you develop it, undo the change and add a new migration.',
  );
}

async function apply(sql: Transaction, migration: Migration): Promise<void> {
  const { number, name, sha256, text } = migration;
  try {
    await sql.unsafe(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new DatabaseError(
      `The migration ${name} failed: ${message}. Nothing of it has been applied, and the service can't ` +
        'start without it. Mend what it names, or go back to the version that ran before.',
      { cause },
    );
  }
  await sql`insert into migrations (number, name, sha256) values (${number}, ${name}, ${sha256})`;
}
