/** Starts a browser with the extension in it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type Stoppable, stoppable, stopInOrder } from '../start/child.ts';
import { DevtoolsPipe } from './devtools-pipe.ts';

export interface BrowserOptions {
  readonly path: string;
  /** Where the browser keeps what belongs to this person: the extension stays paired over restarts. */
  readonly profileDir: string;
  /** The unpacked extension. Its popup is opened in a tab, as an icon that is not pinned is easily missed. */
  readonly extensionDir: string;
  readonly extraArgs?: readonly string[];
}

/**
 * Official Chrome ignores `--load-extension` since version 137; what it still takes is a command over the
 * DevTools pipe.
 *
 * @throws Error with what the browser says if it can't start or refuses the extension.
 */
export async function openBrowser(options: BrowserOptions): Promise<Stoppable> {
  const { path, profileDir, extensionDir, extraArgs = [] } = options;
  const isRoot = process.getuid?.() === 0;
  const browser = spawn(
    path,
    [
      '--remote-debugging-pipe',
      '--enable-unsafe-extension-debugging',
      `--user-data-dir=${profileDir}`,
      '--no-first-run',
      '--no-default-browser-check',
      ...(isRoot ? ['--no-sandbox'] : []),
      ...extraArgs,
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    },
  );
  const running = stoppable(browser);
  const [, , errors, toBrowser, fromBrowser] = browser.stdio;
  let lastError = '';
  createInterface(errors as Readable).on('line', (line) => {
    lastError = line;
  });
  await once(browser, 'spawn');
  const devtools = new DevtoolsPipe(toBrowser as Writable, fromBrowser as Readable);
  try {
    const { id } = await devtools.request<{ id: string }>('Extensions.loadUnpacked', {
      path: extensionDir,
    });
    const url = `chrome-extension://${id}/${await popupOf(extensionDir)}`;
    await devtools.request('Target.createTarget', { url });
    return running;
  } catch (error) {
    await stopInOrder([running]);
    throw new Error(`${(error as Error).message} ${lastError}`.trim(), { cause: error });
  }
}

async function popupOf(extensionDir: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(extensionDir, 'manifest.json'), 'utf8')) as {
    readonly action: { readonly default_popup: string };
  };
  return manifest.action.default_popup;
}
