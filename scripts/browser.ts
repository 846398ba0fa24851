/** Finds a Chrome or Chromium on this machine, and brings a Chromium for the tests where there is none. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** No browser can be found or installed; the message says what its owner can do. */
export class NoBrowserError extends Error {
  override readonly name = 'NoBrowserError';
}

const CHROMIUM: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/snap/bin/chromium'],
  darwin: applications('Chromium'),
  win32: programs('Chromium\\Application\\chrome.exe'),
};

const BRANDED: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/bin/google-chrome-stable', '/usr/bin/google-chrome', '/usr/bin/microsoft-edge'],
  darwin: [...applications('Google Chrome'), ...applications('Microsoft Edge')],
  win32: [
    ...programs('Google\\Chrome\\Application\\chrome.exe'),
    ...programs('Microsoft\\Edge\\Application\\msedge.exe'),
  ],
};

/** A browser for a person: `AGENTLIGHT_CHROME`, else an installed Chrome, Chromium or Edge. */
export async function findBrowser(): Promise<string | undefined> {
  return existing([...(BRANDED[process.platform] ?? []), ...(await chromiums())])[0];
}

/**
 * A Chromium for tests: `AGENTLIGHT_CHROME`, else an installed one, else one that is downloaded or, as root,
 * installed with the system's packages. Chrome itself will not do: since version 137 it ignores
 * `--load-extension`.
 *
 * @param say told what is being done, where that takes a while.
 * @throws NoBrowserError
 */
export async function ensureBrowser(say: (line: string) => void = () => {}): Promise<string> {
  const installed = await findTestBrowser();
  if (installed) return installed;
  const chosen = process.env['AGENTLIGHT_CHROME'];
  if (chosen) throw new NoBrowserError(`AGENTLIGHT_CHROME is "${chosen}", which does not run.`);
  const failures: string[] = [];
  for (const [name, install] of Object.entries(INSTALLERS)) {
    say(`no Chromium found: ${name} …`);
    const failure = await install();
    const browser = failure === undefined ? await findTestBrowser() : undefined;
    if (browser) return browser;
    failures.push(
      `- ${name}: ${failure ?? 'it does not run here; perhaps it lacks system libraries'}`,
    );
  }
  throw new NoBrowserError(
    [
      'The end-to-end tests need Chromium, and it could not be installed:',
      ...failures,
      'Install Chromium, or set AGENTLIGHT_CHROME to the path of one.',
    ].join('\n'),
  );
}

/** Each gives the reason if it failed. */
const INSTALLERS: Record<string, () => Promise<string | undefined>> = {
  'downloading the one of Playwright': () =>
    attempt([['playwright', 'install', '--no-shell', 'chromium']]),
  'installing the one of this system (apt-get)': async () => {
    if (!existsSync('/usr/bin/apt-get')) return 'this system has no apt-get';
    if (process.getuid?.() !== 0) return 'that needs root';
    return attempt([
      ['apt-get', 'update'],
      ['apt-get', 'install', '--yes', '--no-install-recommends', 'chromium'],
    ]);
  },
};

async function attempt(commands: readonly (readonly [string, ...string[]])[]) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  for (const [file, ...args] of commands) {
    const result = await execa(file, args, { preferLocal: true, reject: false, all: true, env });
    if (result.failed) return firstError(result.all) ?? result.shortMessage;
  }
  return undefined;
}

function firstError(output: string): string | undefined {
  return output.split('\n').find((line) => /^(E:|Error:|.*\bfailed\b)/i.test(line.trim()));
}

async function findTestBrowser(): Promise<string | undefined> {
  for (const path of existing(await chromiums())) {
    if (await runs(path)) return path;
  }
  return undefined;
}

/** On Windows `--version` would open a window. */
async function runs(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  return !(await execa(path, ['--version'], { reject: false })).failed;
}

async function chromiums(): Promise<string[]> {
  const { chromium } = await import('playwright');
  return [chromium.executablePath(), ...(CHROMIUM[process.platform] ?? [])];
}

/** Of these paths those that exist, or alone the one that the environment asks for. */
function existing(paths: readonly string[]): string[] {
  const chosen = process.env['AGENTLIGHT_CHROME'];
  if (!chosen) return paths.filter((path) => existsSync(path));
  if (existsSync(chosen)) return [chosen];
  throw new NoBrowserError(`AGENTLIGHT_CHROME is "${chosen}", and there is no such file.`);
}

function applications(name: string): string[] {
  const path = join('Applications', `${name}.app`, 'Contents', 'MacOS', name);
  return [join('/', path), join(homedir(), path)];
}

function programs(path: string): string[] {
  const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'];
  return roots.flatMap((root) => process.env[root] ?? []).map((root) => join(root, path));
}
