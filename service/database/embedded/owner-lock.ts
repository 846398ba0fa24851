import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

import { DatabaseError } from '../database-error.ts';

export type OwnerLock = { release(): void };

const sqliteBusy = 5;
const retryMs = 50;

/**
 * Makes this process the only owner of the data directory until `release()` or its death.
 *
 * A file with a pid can't tell a dead owner from a new process with the same pid, and can't be replaced without a race.
 * File locks of the kernel have neither problem, and end with a `kill -9`. Node offers them only through SQLite, so this
 * is a lock of SQLite on a file that stays empty. The file with the pid is only for messages.
 *
 * @param waitMs how long to wait for an owner that is shutting down, for example at a restart.
 * @throws DatabaseError when another process still owns the directory after that.
 */
export async function takeOwnerLock(dataDir: string, waitMs: number): Promise<OwnerLock> {
  const pidFile = join(dataDir, 'pg.lock.pid');
  const deadline = performance.now() + waitMs;
  for (;;) {
    const lock = tryLock(join(dataDir, 'pg.lock'));
    if (lock) {
      writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
      return {
        release() {
          rmSync(pidFile, { force: true });
          lock.close();
        },
      };
    }
    if (performance.now() >= deadline) throw inUse(dataDir, pidFile);
    await delay(retryMs);
  }
}

function tryLock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy)
      return undefined;
    throw error;
  }
}

function inUse(dataDir: string, pidFile: string): DatabaseError {
  const pid = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : 'unknown';
  return new DatabaseError(
    `The data directory ${dataDir} is in use by process ${pid}, another Agentlight service. ` +
      'Stop that one first, or give this one a directory of its own with AGENTLIGHT_DATA_DIR. ' +
      'To run several instances on one log, set DATABASE_URL for all of them.',
  );
}
