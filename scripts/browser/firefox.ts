/** Finds a Firefox for the tests, and brings one where there is none. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { applications, ensure, installWithApt, programs } from './find-browser.ts';

const PATHS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/usr/local/bin/firefox'],
  darwin: applications('Firefox', 'firefox'),
  win32: programs('Mozilla Firefox\\firefox.exe'),
};

/**
 * `AGENTLIGHT_FIREFOX`, else an installed one, else one that is, as root, installed with the system's packages.
 * Playwright's own will not do: it takes no extensions.
 *
 * @param say told what is being done, where that takes a while.
 * @throws NoBrowserError
 */
export function ensureFirefox(say: (line: string) => void = () => {}): Promise<string> {
  const installers = {
    'installing the one of this system (apt-get)': () => installWithApt('firefox-esr'),
  };
  const paths = (PATHS[process.platform] ?? []).filter((path) => !isSnap(path));
  return ensure({ name: 'Firefox', variable: 'AGENTLIGHT_FIREFOX', paths, installers }, say);
}

/** Ubuntu's script that starts a snap, for which our temporary folders do not exist. */
function isSnap(path: string): boolean {
  const isScript = existsSync(path) && statSync(path).size < 10_000;
  return isScript && readFileSync(path, 'latin1').includes('/snap/');
}
