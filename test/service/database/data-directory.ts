import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import pino from 'pino';
import postgres from 'postgres';
import { onTestFinished } from 'vitest';

import type { EmbeddedConnection } from '../../../service/database/embedded.ts';

export const silent = pino({ level: 'silent' });

/** An empty directory, and a function that removes it. */
export async function makeDirectory(
  prefix = 'agentlight-test-',
): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), prefix));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** Starts another process that owns `dataDir`, and waits until its server runs. It is killed when the test ends. */
export async function startOwner(dataDir: string): Promise<{
  child: ChildProcess;
  connection: EmbeddedConnection;
  nextLine(): Promise<string>;
}> {
  const program = fileURLToPath(new URL('owner-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  return { child, connection: JSON.parse(await nextLine()) as EmbeddedConnection, nextLine };
}

/** Kills a process with SIGKILL, and waits until it has ended. */
export async function killHard(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** The pid of the server in a data directory, from its lock file. */
export function readServerPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'pg/data/postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Runs `work` on one connection, and closes it. */
export async function withSql<T>(
  connection: EmbeddedConnection,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const sql = postgres({ ...connection, max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
