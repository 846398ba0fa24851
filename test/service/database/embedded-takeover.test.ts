import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';

import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import {
  startEmbeddedPostgres,
  type EmbeddedConnection,
  type EmbeddedPostgres,
} from '../../../service/database/embedded.ts';
import { findServer } from '../../../service/database/embedded/lock-files.ts';
import {
  killHard,
  makeDirectory,
  readServerPid,
  silent,
  startOwner,
  withSql,
} from './data-directory.ts';

const log = silent;
let dataDir: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ dir: dataDir, remove } = await makeDirectory());
  const server = await startEmbeddedPostgres({ dataDir, log });
  await withSql(server.connection, (sql) => sql`create table notes (text text primary key)`);
  await server.stop();
});
afterAll(() => remove());

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log });
  onTestFinished(server.stop);
  return server;
}

async function note(connection: EmbeddedConnection, text: string): Promise<void> {
  await withSql(connection, (sql) => sql`insert into notes values (${text})`);
}

async function hasNote(connection: EmbeddedConnection, text: string): Promise<boolean> {
  return withSql(
    connection,
    async (sql) => (await sql`select from notes where text = ${text}`).count === 1,
  );
}

function isAlive(pid: number): boolean {
  return (
    existsSync(`/proc/${pid}`) || execFileSync('ps', ['-A', '-o', 'pid=']).includes(` ${pid}\n`)
  );
}

function readParentPid(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
}

/** A process of the user that the server runs as: the kind that PostgreSQL takes for itself. */
function spawnAsServerUser(script: string): ChildProcess {
  const { uid, gid } = statSync(join(dataDir, 'pg/data'));
  const child = spawn('/bin/sh', ['-c', script], {
    uid,
    gid,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function writeStaleLockFiles(pid: number): void {
  const text = [
    pid,
    join(dataDir, 'pg/data'),
    1,
    5432,
    join(dataDir, 'pg/run'),
    '',
    '',
    'ready',
    '',
  ].join('\n');
  writeFileSync(join(dataDir, 'pg/data/postmaster.pid'), text);
  writeFileSync(join(dataDir, 'pg/run/.s.PGSQL.5432.lock'), text);
  writeFileSync(join(dataDir, 'pg/run/.s.PGSQL.5432'), '');
}

test('the server ends when its owner is killed, and the next start has everything acknowledged', async () => {
  const { child, connection } = await startOwner(dataDir);
  const serverPid = readServerPid(dataDir);
  await note(connection, 'before the kill');
  await killHard(child);
  await expect.poll(() => isAlive(serverPid)).toBe(false);
  const server = await start();
  expect(await hasNote(server.connection, 'before the kill')).toBe(true);
});

test('a start during the kill waits until the old server has ended', async () => {
  const { child, connection } = await startOwner(dataDir);
  await note(connection, 'just before the kill');
  await killHard(child);
  const server = await start();
  expect(await hasNote(server.connection, 'just before the kill')).toBe(true);
});

test('a server without owner and guardian is stopped, and its data is taken over', async () => {
  const { child, connection } = await startOwner(dataDir);
  const serverPid = readServerPid(dataDir);
  await note(connection, 'orphaned');
  const guardian = readParentPid(serverPid);
  // Or the owner would start it again.
  child.kill('SIGSTOP');
  process.kill(guardian, 'SIGKILL');
  await killHard(child);
  const server = await start();
  expect(readServerPid(dataDir)).not.toBe(serverPid);
  expect(await hasNote(server.connection, 'orphaned')).toBe(true);
});

test('a server that is killed is started again at the same address', async () => {
  const server = await start();
  await note(server.connection, 'before the crash');
  const serverPid = readServerPid(dataDir);
  process.kill(serverPid, 'SIGKILL');
  await expect.poll(() => isAlive(serverPid)).toBe(false);
  await expect
    .poll(() => hasNote(server.connection, 'before the crash').catch(String), { timeout: 5000 })
    .toBe(true);
});

test('a server whose guardian is killed is started again with a new one', async () => {
  const server = await start();
  const serverPid = readServerPid(dataDir);
  process.kill(readParentPid(serverPid), 'SIGKILL');
  const next = () => findServer(join(dataDir, 'pg/data')) ?? serverPid;
  await expect.poll(next, { timeout: 5000 }).not.toBe(serverPid);
  await expect.poll(() => hasNote(server.connection, 'before the kill').catch(String)).toBe(true);
});

test('a signal to all processes of the service does not end the guardian', async () => {
  const server = await start();
  const serverPid = readServerPid(dataDir);
  const guardian = readParentPid(serverPid);
  process.kill(guardian, 'SIGTERM');
  process.kill(guardian, 'SIGHUP');
  expect(await hasNote(server.connection, 'before the kill')).toBe(true);
  expect(readParentPid(serverPid)).toBe(guardian);
  await server.stop();
  expect(isAlive(serverPid)).toBe(false);
});

test('a second owner is refused, naming the first one', async () => {
  const { child } = await startOwner(dataDir);
  const second = startEmbeddedPostgres({ dataDir, log, ownerWaitMs: 50 });
  await expect(second).rejects.toThrow(`${dataDir} is in use by process ${child.pid}`);
  await expect(second).rejects.toThrow(/AGENTLIGHT_DATA_DIR.*DATABASE_URL/);
});

test('a start waits for an owner that is shutting down', async () => {
  const first = await startEmbeddedPostgres({ dataDir, log });
  const second = startEmbeddedPostgres({ dataDir, log });
  await first.stop();
  await (await second).stop();
});

test('a lock file with the pid of another program does not prevent a start', async () => {
  const stranger = spawnAsServerUser('echo; exec sleep 600');
  await once(stranger.stdout ?? stranger, 'data');
  writeStaleLockFiles(stranger.pid ?? 0);
  const server = await start();
  expect(await hasNote(server.connection, 'before the kill')).toBe(true);
  expect(stranger.exitCode).toBe(null);
});

test('a lock file with the pid of a zombie does not prevent a start', async () => {
  const parent = spawnAsServerUser('exec 3<&0; cat <&3 & echo $!; exec sleep 600 <&- 3<&-');
  const zombie = Number(String((await once(parent.stdout ?? parent, 'data'))[0]));
  const shows = (field: string, pid: number | undefined) =>
    execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' });
  // a shell would reap the child, and the program that replaces it does not
  await eventually(() => shows('comm', parent.pid).startsWith('sleep'), 'the shell to be gone');
  parent.stdin?.end();
  await eventually(() => shows('stat', zombie).startsWith('Z'), 'a zombie');
  writeStaleLockFiles(zombie);
  const server = await start();
  expect(readFileSync(join(dataDir, 'pg/data/postmaster.pid'), 'utf8')).not.toContain(
    `${zombie}\n`,
  );
  expect(await hasNote(server.connection, 'before the kill')).toBe(true);
});
