import { randomBytes } from 'node:crypto';

import pino from 'pino';
import postgres from 'postgres';
import { inject } from 'vitest';

import { openPool, type Sql } from '../../service/database/connect.ts';

export type TestDatabase = {
  /** For `connect`, `postgres` and, as `DATABASE_URL`, for child processes. */
  url: string;
  /** A pool of up to 10 connections, opened as they are needed. */
  sql: Sql;
  /** Closes the pool and removes the database, whoever is still connected. */
  drop(): Promise<void>;
};

/** A fresh, migrated, empty database of its own for each call, in some tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = inject('testDatabase');
  const name = `agentlight_test_${randomBytes(6).toString('hex')}`;
  await administer(
    adminUrl,
    (admin) => admin`create database ${admin(name)} template ${admin(template)}`,
  );
  const url = new URL(adminUrl);
  url.pathname = name;
  const sql = await openPool(url.href, { log: pino({ level: 'warn' }) });
  // The epoch came with the template; a database of its own has one of its own.
  await sql`update head set epoch = ${randomBytes(6).toString('hex')}`;
  return {
    url: url.href,
    sql,
    async drop() {
      await sql.end({ timeout: 1 });
      await administer(adminUrl, (admin) => admin`drop database ${admin(name)} with (force)`);
    },
  };
}

async function administer(
  url: string,
  work: (admin: postgres.Sql) => Promise<unknown>,
): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
