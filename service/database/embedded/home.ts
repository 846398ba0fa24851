import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Logger } from 'pino';

import { DatabaseError, useOwnServer } from '../database-error.ts';
import { canEnter, chooseUser, type UnprivilegedUser } from './unprivileged-user.ts';

/** The directory with all files of PostgreSQL, and the user to run it as, if not the user of this process. */
export type Home = { dir: string; cluster: string; user: UnprivilegedUser | undefined };

/** The directory of the Unix socket, and how to remove it if it is a temporary one. */
export type SocketDir = { dir: string; remove(): Promise<void> };

// sun_path has 104 bytes on macOS and 108 on Linux, including the terminating zero
const longestSocketPathBytes = 103;

/**
 * Finds or creates `<dataDir>/pg`, for an ordinary user with mode 0700.
 *
 * If this process is root, PostgreSQL runs as another user, who must be able to reach its files. A private data directory
 * of root gets mode 0710 for that user's group, which allows to pass through it but not to list or read it. If a directory
 * above it is closed, as `/root` usually is, its mode is left alone: the files go to a new directory below `systemDir`,
 * `<dataDir>/pg` becomes a link to it, and a warning is logged. Root owns the home directory, the other user only the
 * cluster, the socket and the password.
 */
export async function openHome(dataDir: string, systemDir: string, log: Logger): Promise<Home> {
  const path = join(dataDir, 'pg');
  const user = chooseUser(join(path, 'data'));
  if (await isDangling(path)) {
    throw new DatabaseError(
      `${path} is a link to ${await readlink(path)}, which is gone, and with it the database. ` +
        'Bring that directory back, or remove the link to begin with an empty database.',
    );
  }
  if (user) await makeHomeFor(user, path, systemDir, log);
  else await makeOwnHome(path);
  const dir = await realpath(path);
  return { dir, cluster: join(dir, 'data'), user };
}

/** A directory of mode 0700 for the Unix socket: `run` in the home directory, or a temporary one if that path is too long. */
export async function openSocketDir({ dir: home, user }: Home): Promise<SocketDir> {
  const usual = join(home, 'run');
  if (isShortEnough(usual)) {
    await mkdir(usual, { recursive: true, mode: 0o700 });
    if (user) await chown(usual, user.uid, user.gid);
    return { dir: usual, remove: async () => {} };
  }
  const parents = [tmpdir(), '/tmp'].filter((parent) =>
    isShortEnough(join(parent, 'agentlight-xxxxxx')),
  );
  const parent = parents.find((candidate) => !user || canEnter(candidate, user));
  if (!parent) {
    throw new DatabaseError(
      `${usual} is too long a path for a Unix socket (${longestSocketPathBytes} bytes), and so is ` +
        'the temporary directory. Set AGENTLIGHT_DATA_DIR or TMPDIR to a shorter path.',
    );
  }
  const dir = await mkdtemp(join(parent, 'agentlight-'));
  if (user) await chown(dir, user.uid, user.gid);
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

function isShortEnough(dir: string): boolean {
  return Buffer.byteLength(join(dir, '.s.PGSQL.5432')) <= longestSocketPathBytes;
}

async function isDangling(path: string): Promise<boolean> {
  if (existsSync(path)) return false;
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

async function makeOwnHome(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { uid } = await stat(path);
  const ownUid = process.getuid?.();
  if (ownUid === undefined || uid === ownUid) return;
  throw new DatabaseError(
    `The database in ${path} belongs to the user with the id ${uid}, and this process runs as ${ownUid}. ` +
      'Probably Agentlight was started as root before. Start it as that user again, hand the files over ' +
      `with \`chown -R ${ownUid}\`, or set AGENTLIGHT_DATA_DIR to another directory.`,
  );
}

async function makeHomeFor(user: UnprivilegedUser, path: string, systemDir: string, log: Logger) {
  const dataDir = await realpath(dirname(path));
  if (canEnter(dirname(dataDir), user)) await letThrough(dataDir, user);
  if (!existsSync(path)) {
    if (canEnter(dataDir, user)) await makeDirFor(user, path);
    else await makeHomeElsewhere(user, path, systemDir, log);
  }
  const home = await realpath(path);
  if (canEnter(home, user)) return;
  throw new DatabaseError(
    `PostgreSQL refuses to run as root, and the user ${user.name}, as whom it runs instead, can't reach ` +
      `${home}. Let that user pass through the directories above it, or set AGENTLIGHT_DATA_DIR to ` +
      `another directory, or start Agentlight as an ordinary user. ${useOwnServer}`,
  );
}

async function letThrough(dataDir: string, user: UnprivilegedUser): Promise<void> {
  const { uid, mode } = await stat(dataDir);
  if (uid !== 0 || canEnter(dataDir, user)) return;
  await chown(dataDir, 0, user.gid);
  await chmod(dataDir, (mode & 0o707) | 0o010);
}

async function makeDirFor(user: UnprivilegedUser, path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chown(path, 0, user.gid);
  await chmod(path, 0o750);
}

async function makeHomeElsewhere(
  user: UnprivilegedUser,
  path: string,
  systemDir: string,
  log: Logger,
) {
  await mkdir(systemDir, { recursive: true });
  await chmod(systemDir, 0o755);
  const elsewhere = await mkdtemp(join(systemDir, 'pg-'));
  await makeDirFor(user, elsewhere);
  await symlink(elsewhere, path);
  log.warn(
    { dir: elsewhere },
    `the database is kept in ${elsewhere}: PostgreSQL runs as ${user.name}, who can't reach ${dirname(path)}`,
  );
}
