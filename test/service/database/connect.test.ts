import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

import pino from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { openPool } from '../../../service/database/connect.ts';
import { startEmbeddedPostgres } from '../../../service/database/embedded.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { makeDirectory, silent as log } from './data-directory.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a connection has a name and commits durably, whatever the database is set to', async () => {
  const name = new URL(database.url).pathname.slice(1);
  await database.sql.unsafe(`alter database ${name} set synchronous_commit = off`);
  const sql = await openPool(database.url, { log, maxConnections: 2 });
  onTestFinished(() => sql.end());
  const [row] = await sql`
    select current_setting('synchronous_commit') as commit, current_setting('application_name') as name`;
  expect(row).toEqual({ commit: 'on', name: 'agentlight' });
});

test('a server that waits for its replicas keeps doing so', async () => {
  const name = new URL(database.url).pathname.slice(1);
  await database.sql.unsafe(`alter database ${name} set synchronous_commit = remote_apply`);
  const sql = await openPool(database.url, { log });
  onTestFinished(() => sql.end());
  expect((await sql`show synchronous_commit`)[0]).toEqual({ synchronous_commit: 'remote_apply' });
});

test('positions in the log are numbers, both ways and in arrays', async () => {
  const [row] = await database.sql`
    select ${2 ** 40}::bigint + 1 as one, array[1, 2]::bigint[] as many, ${[3, 4]}::bigint[] as back`;
  expect(row).toEqual({ one: 2 ** 40 + 1, many: [1, 2], back: [3, 4] });
  await expect(database.sql`select 9007199254740993`).rejects.toThrow('too large');
});

test('a pool opens no more connections than its maximum', async () => {
  const sql = await openPool(database.url, { log, maxConnections: 2 });
  onTestFinished(() => sql.end());
  const pids = await Promise.all(
    Array.from({ length: 8 }, () => sql`select pg_backend_pid() as pid`),
  );
  expect(new Set(pids.map(([row]) => row?.['pid'])).size).toBeLessThanOrEqual(2);
});

test('a missing database is reported with advice and without the password', async () => {
  const url = new URL(database.url);
  url.pathname = 'agentlight_nowhere';
  const attempt = openPool(url.href, { log });
  await expect(attempt).rejects.toThrow(/database agentlight_nowhere\) can't be used: .*createdb/);
  await expect(attempt).rejects.not.toThrow(url.password);
});

describe('a server of its own', () => {
  let dataDir: string;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    ({ dir: dataDir, remove } = await makeDirectory());
  });
  afterAll(() => remove());

  test('can be reached through its socket, by options and by URL', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    onTestFinished(server.stop);
    const { username, password, host, database: name } = server.connection;
    const url = `postgres://${username}:${password}@/${name}?host=${encodeURIComponent(host)}`;
    for (const target of [server.connection, url]) {
      const sql = await openPool(target, { log });
      expect((await sql`select inet_server_addr() as address`)[0]).toEqual({ address: null });
      await sql.end();
    }
  });

  test('reports a wrong password and a closed port differently', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log, listen: 'loopback' });
    const guess = { ...server.connection, password: 'guess' };
    await expect(openPool(guess, { log })).rejects.toThrow('The user or the password is wrong');
    await server.stop();
    await expect(openPool(server.connection, { log })).rejects.toThrow('Nothing listens there');
  });

  test('is used with a warning if fsync is off', async () => {
    appendFileSync(join(dataDir, 'pg/data/postgresql.auto.conf'), 'fsync = off\n');
    const server = await startEmbeddedPostgres({ dataDir, log });
    onTestFinished(server.stop);
    const lines: string[] = [];
    const warned = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
    const sql = await openPool(server.connection, { log: warned });
    await sql.end();
    expect(lines.join('')).toContain('fsync=off');
  });
});
