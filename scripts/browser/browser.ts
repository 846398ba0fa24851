/** Finds a Chrome or Chromium on this machine, and brings a Chromium for the tests where there is none. */
import {
  applications,
  attempt,
  ensure,
  existing,
  installWithApt,
  programs,
} from './find-browser.ts';

const VARIABLE = 'AGENTLIGHT_CHROME';

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
  return existing([...(BRANDED[process.platform] ?? []), ...(await chromiums())], VARIABLE)[0];
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
  const installers = {
    'downloading the one of Playwright': () =>
      attempt([['playwright', 'install', '--no-shell', 'chromium']]),
    'installing the one of this system (apt-get)': () => installWithApt('chromium'),
  };
  const paths = await chromiums();
  return ensure({ name: 'Chromium', variable: VARIABLE, paths, installers }, say);
}

async function chromiums(): Promise<string[]> {
  const { chromium } = await import('playwright');
  return [chromium.executablePath(), ...(CHROMIUM[process.platform] ?? [])];
}
