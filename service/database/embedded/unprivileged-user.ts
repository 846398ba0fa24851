import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

import { DatabaseError, useOwnServer } from '../database-error.ts';

/** The user that PostgreSQL runs as when this process is root, because PostgreSQL refuses to run as root. */
export type UnprivilegedUser = { name: string; uid: number; gid: number };

const candidates = ['postgres', '_postgres', 'node', 'nobody'];
const inherited = ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'ComSpec'];

/**
 * The user for PostgreSQL's processes: the owner of an existing cluster, or else the first of postgres, _postgres (macOS),
 * node and nobody that exists. `undefined` when this process is not root and PostgreSQL can run as the same user.
 */
export function chooseUser(clusterDir: string): UnprivilegedUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) {
    const name = users.find((user) => user.uid === owner.uid)?.name ?? `uid ${owner.uid}`;
    return { name, uid: owner.uid, gid: owner.gid };
  }
  const chosen = candidates.flatMap((name) => users.find((user) => user.name === name) ?? [])[0];
  if (chosen) return chosen;
  throw new DatabaseError(
    'PostgreSQL refuses to run as root, and this machine has none of the users that it could run ' +
      `as instead (${candidates.join(', ')}). Start Agentlight as an ordinary user. ${useOwnServer}`,
  );
}

/** Options for PostgreSQL's child processes: the user, and an environment without secrets. */
export function childOptions(user: UnprivilegedUser | undefined) {
  const names = inherited.filter((name) => process.env[name] !== undefined);
  const env = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  return {
    ...(user && { uid: user.uid, gid: user.gid }),
    env: { ...env, LC_ALL: 'C', TZ: 'UTC' },
    windowsHide: true,
  };
}

/** Whether `user` can enter `dir`. Tried in a shell as that user, because the system knows all groups and ACLs. */
export function canEnter(dir: string, user: UnprivilegedUser): boolean {
  return shellSucceeds('cd "$1"', dir, user);
}

/** Whether `user` can execute `file`. */
export function canExecute(file: string, user: UnprivilegedUser): boolean {
  return shellSucceeds('test -r "$1" && test -x "$1"', file, user);
}

function shellSucceeds(script: string, argument: string, user: UnprivilegedUser): boolean {
  const options = { ...childOptions(user), cwd: '/', stdio: 'ignore' } as const;
  const { error, status } = spawnSync('/bin/sh', ['-c', script, 'sh', argument], options);
  if (!error) return status === 0;
  throw new DatabaseError(
    `PostgreSQL refuses to run as root, and this root may not become the user ${user.name} ` +
      `(${error.message}). Start Agentlight as an ordinary user. ${useOwnServer}`,
    { cause: error },
  );
}

function readUsers(): UnprivilegedUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => /^\d+$/.test(fields[2] ?? '') && /^\d+$/.test(fields[3] ?? ''))
    .map(([name, , uid, gid]) => ({ name: name ?? '', uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid }) => uid !== 0);
}
