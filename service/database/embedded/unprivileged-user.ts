import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

import { DatabaseError, useOwnServer } from '../database-error.ts';

/** Whom PostgreSQL runs as when we are root, which it refuses to be. */
export type UnprivilegedUser = { name: string; uid: number; gid: number };

const candidates = ['postgres', '_postgres', 'node', 'nobody'];
const inherited = ['PATH', 'LD_LIBRARY_PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'ComSpec'];

/**
 * The user for PostgreSQL's processes, or `undefined` when we are not root and it can run as
 * ourselves. Whoever owns an existing cluster keeps it; otherwise the first of postgres, _postgres
 * (macOS), node and nobody that the machine has.
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

/** Options for a child process of PostgreSQL: its user, and an environment without our secrets. */
export function childOptions(user: UnprivilegedUser | undefined) {
  const names = inherited.filter((name) => process.env[name] !== undefined);
  const env = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  return {
    ...(user && { uid: user.uid, gid: user.gid }),
    env: { ...env, LC_ALL: 'C', TZ: 'UTC' },
    windowsHide: true,
  };
}

/** Whether `user` can enter `dir`. Asked of the system itself, which knows all groups and ACLs. */
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
