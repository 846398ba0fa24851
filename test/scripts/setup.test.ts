import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';

const require = createRequire(import.meta.url);
const { arePackagesInstalled } = require('../../scripts/setup/installed.cjs') as {
  arePackagesInstalled(root: string): boolean;
};
const { explainFailure } = require('../../scripts/setup/install-failure.cjs') as {
  explainFailure(output: string): string;
};

/** Runs `npm test` or `npm start` as a Node of the given version would. */
async function startAs(version: string, script: string) {
  const program = `Object.defineProperty(process.versions, 'node', { value: '${version}' });
    require(${JSON.stringify(resolve('scripts', script))});`;
  return execa(process.execPath, ['-e', program], { reject: false });
}

test.each(['start.cjs', 'test.cjs'])('%s tells an old Node what is needed', async (script) => {
  const { stderr, exitCode } = await startAs('16.20.2', script);
  expect(stderr).toBe(`Agentlight needs Node 18 or later, and this is Node 16.20.2.
Install Node 24 from https://nodejs.org, and try again.`);
  expect(exitCode).toBe(1);
});

describe('packages are installed', () => {
  interface Package {
    readonly version?: string;
    readonly optional?: boolean;
    readonly os?: readonly string[];
  }

  async function folder(
    wanted: Record<string, Package>,
    found?: Record<string, Package>,
  ): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    await mkdir(join(dir, 'node_modules'));
    await writeFile(join(dir, 'package-lock.json'), JSON.stringify({ packages: wanted }));
    const record = join(dir, 'node_modules', '.package-lock.json');
    if (found) await writeFile(record, JSON.stringify({ packages: found }));
    return dir;
  }

  const A = { 'node_modules/a': { version: '1.0.0' } };
  const NATIVE = { version: '1.0.0', optional: true };

  test('when all are there as the lockfile has them', async () => {
    const wanted = { '': { version: '0.1.0' }, ...A };
    expect(arePackagesInstalled(await folder(wanted, A))).toBe(true);
  });

  test('unless one is missing, or has another version, or npm did not finish', async () => {
    expect(arePackagesInstalled(await folder(A, {}))).toBe(false);
    const other = { 'node_modules/a': { version: '1.0.1' } };
    expect(arePackagesInstalled(await folder(A, other))).toBe(false);
    expect(arePackagesInstalled(await folder(A))).toBe(false);
  });

  test('even if optional ones for other platforms are not', async () => {
    const wanted = { ...A, 'node_modules/native': { ...NATIVE, os: ['plan9'] } };
    expect(arePackagesInstalled(await folder(wanted, A))).toBe(true);
  });

  test('unless they are those of another platform, as in a copied folder', async () => {
    const native = { 'node_modules/native': { ...NATIVE, os: ['plan9'] } };
    expect(arePackagesInstalled(await folder(native, native))).toBe(false);
  });
});

test('a failed npm is explained by its cause, and quoted', () => {
  expect(explainFailure('npm error code ENOSPC\n\nnpm error write failed\n')).toBe(
    `The disk is full; about 600 MB are needed.
What npm printed:
  npm error code ENOSPC
  npm error write failed`,
  );
  expect(explainFailure('npm error unheard of')).toBe('What npm printed:\n  npm error unheard of');
});
