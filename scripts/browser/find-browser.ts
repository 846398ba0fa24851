/** How the browsers of the tests are found, and installed where they are missing. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** No browser can be found or installed; the message says what its owner can do. */
export class NoBrowserError extends Error {
  override readonly name = 'NoBrowserError';
}

export interface WantedBrowser {
  readonly name: string;
  /** Of the environment: the path of the one to use, and no other. */
  readonly variable: string;
  /** Where it may be, the best first; need not exist. */
  readonly paths: readonly string[];
  /** Each gives the reason if it failed. */
  readonly installers: Readonly<Record<string, () => Promise<string | undefined>>>;
}

/**
 * One that runs: what the environment asks for, else an installed one, else one that is installed now.
 *
 * @param say told what is being done, where that takes a while.
 * @throws NoBrowserError
 */
export async function ensure(wanted: WantedBrowser, say: (line: string) => void): Promise<string> {
  const { name, variable, installers } = wanted;
  const installed = await findRunning(wanted);
  if (installed) return installed;
  const chosen = process.env[variable];
  if (chosen) throw new NoBrowserError(`${variable} is "${chosen}", which does not run.`);
  const failures: string[] = [];
  for (const [what, install] of Object.entries(installers)) {
    say(`no ${name} found: ${what} …`);
    const failure = await install();
    const browser = failure === undefined ? await findRunning(wanted) : undefined;
    if (browser) return browser;
    failures.push(
      `- ${what}: ${failure ?? 'it does not run here; perhaps it lacks system libraries'}`,
    );
  }
  throw new NoBrowserError(
    [
      `The tests in ${name} need it, and it could not be installed:`,
      ...failures,
      `Install ${name}, or set ${variable} to the path of one.`,
    ].join('\n'),
  );
}

/** Of these paths those that exist, or alone the one that the environment asks for. @throws NoBrowserError */
export function existing(paths: readonly string[], variable: string): string[] {
  const chosen = process.env[variable];
  if (!chosen) return paths.filter((path) => existsSync(path));
  if (existsSync(chosen)) return [chosen];
  throw new NoBrowserError(`${variable} is "${chosen}", and there is no such file.`);
}

/** With the system's own packages, where that is possible. @returns the reason if it failed. */
export async function installWithApt(name: string): Promise<string | undefined> {
  if (!existsSync('/usr/bin/apt-get')) return 'this system has no apt-get';
  if (process.getuid?.() !== 0) return 'that needs root';
  return attempt([
    ['apt-get', 'update'],
    ['apt-get', 'install', '--yes', '--no-install-recommends', name],
  ]);
}

/** One after the other. @returns the reason of the first that failed. */
export async function attempt(
  commands: readonly (readonly [string, ...string[]])[],
): Promise<string | undefined> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  for (const [file, ...args] of commands) {
    const result = await execa(file, args, { preferLocal: true, reject: false, all: true, env });
    if (result.failed) return firstError(result.all) ?? result.shortMessage;
  }
  return undefined;
}

/** Where macOS keeps an application. @param program its name inside, if that is another. */
export function applications(name: string, program = name): string[] {
  const path = join('Applications', `${name}.app`, 'Contents', 'MacOS', program);
  return [join('/', path), join(homedir(), path)];
}

/** Where Windows keeps a program. */
export function programs(path: string): string[] {
  const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'];
  return roots.flatMap((root) => process.env[root] ?? []).map((root) => join(root, path));
}

async function findRunning({ paths, variable }: WantedBrowser): Promise<string | undefined> {
  for (const path of existing(paths, variable)) {
    if (await runs(path)) return path;
  }
  return undefined;
}

/** On Windows `--version` would open a window. */
async function runs(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  return !(await execa(path, ['--version'], { reject: false })).failed;
}

function firstError(output: string): string | undefined {
  return output.split('\n').find((line) => /^(E:|Error:|.*\bfailed\b)/i.test(line.trim()));
}
