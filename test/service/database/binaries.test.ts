import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { locatePackage, prepareBinaries } from '../../../service/database/embedded/binaries.ts';
import { chooseUser } from '../../../service/database/embedded/unprivileged-user.ts';
import { makeDirectory, silent as log } from './data-directory.ts';

const user = chooseUser('/nowhere');

/** A copy of the installed package as it is when no install script has run. */
async function copyPackageWithoutLinks(): Promise<{
  parent: string;
  packageDir: string;
  links: string[];
}> {
  const { dir: parent, remove } = await makeDirectory();
  onTestFinished(remove);
  await chmod(parent, 0o755);
  const packageDir = join(parent, 'package');
  mkdirSync(packageDir);
  cpSync(locatePackage(), packageDir, { recursive: true, verbatimSymlinks: true });
  const list = JSON.parse(readFileSync(join(packageDir, 'native/pg-symlinks.json'), 'utf8'));
  const links = (list as { target: string }[]).map(({ target }) => target);
  for (const link of links) rmSync(join(packageDir, link));
  return { parent, packageDir, links };
}

test('missing library links are created', async () => {
  const { packageDir, links } = await copyPackageWithoutLinks();
  const { postgres, majorVersion } = await prepareBinaries({
    packageDir,
    copiesDir: '/nowhere',
    user,
    log,
  });
  expect(majorVersion).toBe('18');
  expect(execFileSync(postgres, ['--version'], { encoding: 'utf8' })).toContain('18.');
  expect(links.every((link) => existsSync(join(packageDir, link)))).toBe(true);
});

test('a package that is not writable or not reachable is copied', async () => {
  const { parent, packageDir } = await copyPackageWithoutLinks();
  const { dir: copiesDir, remove } = await makeDirectory();
  onTestFinished(remove);
  await chmod(copiesDir, 0o755);
  // The first stops an ordinary user's start, the second one by root.
  const libraries = join(packageDir, 'native/lib');
  await chmod(libraries, 0o555);
  onTestFinished(() => chmod(libraries, 0o755));
  await chmod(parent, 0o700);
  const options = { packageDir, copiesDir, user, log };
  const [one, other] = await Promise.all([prepareBinaries(options), prepareBinaries(options)]);
  expect(one.postgres.startsWith(join(copiesDir, 'postgresql-18.'))).toBe(true);
  expect(other).toEqual(one);
});

test.each(['win32-arm64', 'linux-riscv64'])(
  'on %s, for which there is none, DATABASE_URL is asked for',
  (platform) => {
    expect(() => locatePackage(platform)).toThrow(
      `no PostgreSQL for ${platform}. Set DATABASE_URL`,
    );
  },
);

test('programs that do not run on this machine are reported with the reason and an alternative', async () => {
  const { packageDir } = await copyPackageWithoutLinks();
  rmSync(join(packageDir, 'native/lib/libicuuc.so.60.2'), { force: true });
  rmSync(join(packageDir, 'native/bin/postgres'));
  const attempt = prepareBinaries({ packageDir, copiesDir: packageDir, user: undefined, log });
  await expect(attempt).rejects.toThrow(/does not run on this machine: .*ENOENT.*DATABASE_URL/);
});
