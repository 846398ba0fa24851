import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  appendFile,
  chown,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Logger } from 'pino';

import { DatabaseError, useOwnServer } from '../database-error.ts';
import type { Binaries } from './binaries.ts';
import type { Home } from './home.ts';
import { settingsFile } from './settings.ts';
import { childOptions } from './unprivileged-user.ts';

/** The only database user of an embedded cluster. */
export const clusterUser = 'agentlight';

/**
 * Creates a cluster in the home directory if there is none, checks that these binaries can run it, and returns the password
 * of its user. A new cluster gets its name only when it is complete, so a start that was killed leaves no half of one.
 */
export async function openCluster(home: Home, binaries: Binaries, log: Logger): Promise<string> {
  const passwordFile = join(home.dir, 'password');
  const versionFile = join(home.cluster, 'PG_VERSION');
  if (!existsSync(home.cluster)) {
    await makePassword(passwordFile, home);
    await makeCluster(home, binaries, passwordFile, log);
  }
  if (!existsSync(versionFile)) {
    throw new DatabaseError(
      `${home.cluster} is not a complete PostgreSQL database: ${versionFile} is missing. Restore it from ` +
        'a backup, or remove the directory to begin with an empty database.',
    );
  }
  const version = (await readFile(versionFile, 'utf8')).trim();
  if (version !== binaries.majorVersion) {
    throw new DatabaseError(
      `The database in ${home.dir} was made by PostgreSQL ${version}, and this Agentlight brings ` +
        `PostgreSQL ${binaries.majorVersion}, which can't read it. Install the Agentlight that made it, or ` +
        `set AGENTLIGHT_DATA_DIR to another directory to begin anew. ${useOwnServer}`,
    );
  }
  if (!existsSync(passwordFile)) {
    throw new DatabaseError(
      `The file ${passwordFile}, which holds the password of the database beside it, is missing. ` +
        'Bring it back from a backup.',
    );
  }
  return (await readFile(passwordFile, 'utf8')).trim();
}

async function makePassword(file: string, { user }: Home): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  if (user) await chown(file, user.uid, user.gid);
}

async function makeCluster(home: Home, binaries: Binaries, passwordFile: string, log: Logger) {
  const { dir, cluster, user } = home;
  log.info({ dir }, 'making the database');
  const leftovers = (await readdir(dir)).filter((name) => name.startsWith('data.unfinished-'));
  await Promise.all(leftovers.map((name) => removeTree(join(dir, name))));

  const unfinished = `${cluster}.unfinished-${process.pid}`;
  await mkdir(unfinished, { mode: 0o700 });
  if (user) await chown(unfinished, user.uid, user.gid);
  await runInitdb(unfinished, home, binaries, passwordFile);
  // Agentlight's settings, written at every start, override those that initdb chose for this machine
  await appendFile(join(unfinished, 'postgresql.conf'), `\ninclude '../${settingsFile}'\n`);
  await rename(unfinished, cluster);
  await syncDirectory(dir);
}

async function runInitdb(target: string, { user }: Home, binaries: Binaries, passwordFile: string) {
  const flags = [
    ...['--pgdata', target, '--username', clusterUser],
    ...['--auth', 'scram-sha-256', '--pwfile', passwordFile],
    // the same sort order and case rules on every machine
    ...['--encoding', 'UTF8', '--locale', 'C'],
    ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    // in MB: with the default of 16, an empty database takes 39 MB instead of 31
    ...['--wal-segsize', '1', '--no-instructions'],
  ];
  try {
    await promisify(execFile)(binaries.initdb, flags, { ...childOptions(user), cwd: target });
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string };
    await removeTree(target);
    throw new DatabaseError(`${whyNotMade(target, stderr?.trim() || message)} ${useOwnServer}`, {
      cause,
    });
  }
}

function whyNotMade(target: string, reason: string): string {
  if (reason.includes('could not look up effective user ID')) {
    return (
      `PostgreSQL can't run as the user id ${process.getuid?.()}, which has no entry in /etc/passwd ` +
      '(a container started with --user?). Use a user that the system knows.'
    );
  }
  return `PostgreSQL could not make its database in ${target}: ${reason}.`;
}

/** Retries, because an initdb whose parent was killed may still write to the directory for a moment. */
async function removeTree(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 10 });
}

async function syncDirectory(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir);
  await handle.sync();
  await handle.close();
}
