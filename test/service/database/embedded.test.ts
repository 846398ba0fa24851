import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import {
  startEmbeddedPostgres,
  type EmbeddedConnection,
} from '../../../service/database/embedded.ts';
import { makeDirectory, readServerPid, silent, startOwner, withSql } from './data-directory.ts';

const log = silent;
const isRoot = process.getuid?.() === 0;

async function temporaryDirectory(prefix?: string): Promise<string> {
  const { dir, remove } = await makeDirectory(prefix);
  onTestFinished(remove);
  return dir;
}

async function countStarts(connection: EmbeddedConnection): Promise<number> {
  return withSql(connection, async (sql) => {
    await sql`create table if not exists starts (at timestamptz default now())`;
    await sql`insert into starts default values`;
    return (await sql`select from starts`).count;
  });
}

describe('an embedded PostgreSQL', () => {
  let dataDir: string;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    ({ dir: dataDir, remove } = await makeDirectory());
    mkdirSync(join(dataDir, 'pg'));
    mkdirSync(join(dataDir, 'pg/data.unfinished-123'));
  });
  afterAll(() => remove());

  test('creates a database in an empty directory, and removes the leftovers of a start that was killed', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    expect(await countStarts(server.connection)).toBe(1);
    await server.stop();
    expect(readdirSync(join(dataDir, 'pg')).sort()).toEqual([
      'agentlight.conf',
      'data',
      'password',
      'run',
    ]);
  });

  test('finds its data again at the next start', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    expect(await countStarts(server.connection)).toBe(2);
    await server.stop();
  });

  test('is reachable only through a private socket', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    onTestFinished(server.stop);
    expect(server.connection.host).toBe(realpathSync(join(dataDir, 'pg/run')));
    expect(statSync(server.connection.host).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'pg/password')).mode & 0o777).toBe(0o600);
    const settings = await withSql(server.connection, (sql) => sql`show listen_addresses`);
    expect(settings[0]).toEqual({ listen_addresses: '' });
    const wrong = { ...server.connection, password: 'guess' };
    await expect(withSql(wrong, (sql) => sql`select 1`)).rejects.toThrow(
      'password authentication failed',
    );
  });

  test('syncs what it acknowledges, and has checksums on its pages', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    onTestFinished(server.stop);
    const askForSettings = (sql: Sql) => sql`
      select current_setting('fsync') as fsync,
             current_setting('full_page_writes') as pages,
             current_setting('synchronous_commit') as commit,
             current_setting('data_checksums') as checksums`;
    const rows = await withSql(server.connection, askForSettings);
    expect(rows[0]).toEqual({ fsync: 'on', pages: 'on', commit: 'on', checksums: 'on' });
  });

  test('listens on a port of 127.0.0.1 on request', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log, listen: 'loopback' });
    onTestFinished(server.stop);
    expect(server.connection.host).toBe('127.0.0.1');
    const rows = await withSql(server.connection, (sql) => sql`show unix_socket_directories`);
    expect(rows[0]).toEqual({ unix_socket_directories: '' });
  });

  test('survives Ctrl-C until its owner stops it, and then lets the owner end', async () => {
    const { child, nextLine } = await startOwner(dataDir);
    const serverPid = readServerPid(dataDir);
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await nextLine()).toBe('still there');
    await expect.poll(() => child.exitCode).toBe(0);
    expect(() => process.kill(serverPid, 0)).toThrow('ESRCH');
  });

  test('refuses a cluster of another major version', async () => {
    writeFileSync(join(dataDir, 'pg/data/PG_VERSION'), '17\n');
    const attempt = startEmbeddedPostgres({ dataDir, log });
    await expect(attempt).rejects.toThrow(/made by PostgreSQL 17.*brings PostgreSQL 18/);
    writeFileSync(join(dataDir, 'pg/data/PG_VERSION'), '18\n');
  });

  test('reports the output of PostgreSQL when it does not start', async () => {
    writeFileSync(join(dataDir, 'pg/data/postgresql.auto.conf'), "shared_buffers = 'plenty'\n");
    const attempt = startEmbeddedPostgres({ dataDir, log });
    await expect(attempt).rejects.toThrow(/did not start on.*invalid value.*plenty.*DATABASE_URL/s);
    writeFileSync(join(dataDir, 'pg/data/postgresql.auto.conf'), '');
  });
});

test('a path too long for a socket is replaced by a temporary directory', async () => {
  const dataDir = await temporaryDirectory('agentlight-'.repeat(9));
  const server = await startEmbeddedPostgres({ dataDir, log });
  const { host } = server.connection;
  expect(host.length).toBeLessThan(dataDir.length);
  expect(statSync(host).mode & 0o777).toBe(0o700);
  expect(await countStarts(server.connection)).toBe(1);
  await server.stop();
  expect(existsSync(host)).toBe(false);
});

test('a data directory below a closed directory works, for root through the system directory', async () => {
  const dataDir = join(await temporaryDirectory(), 'closed', 'data');
  const systemDir = await temporaryDirectory();
  for (const start of [1, 2]) {
    const server = await startEmbeddedPostgres({ dataDir, log, systemDir });
    expect(await countStarts(server.connection)).toBe(start);
    await server.stop();
  }
  expect(lstatSync(join(dataDir, 'pg')).isSymbolicLink()).toBe(isRoot);
});
