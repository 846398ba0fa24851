/** A Chromium in a window that can be photographed, with its toolbar and the popup: on an X server of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { Page } from 'playwright';
import type { DrivenBrowser } from '../browser/extension-browser.ts';
import { launchWithExtension } from '../browser/extension-browser.ts';
import { installWithApt } from '../browser/find-browser.ts';

/** Of the window, in CSS pixels. */
const WINDOW = { width: 1_280, height: 800 };
/** Pixels of a picture for one of the window. */
export const SCALE = 2;

/** Program and the Debian package that has it. */
const PROGRAMS = { Xvfb: 'xvfb', import: 'imagemagick' };

interface WindowOptions {
  readonly profileDir: string;
  readonly isDark: boolean;
}

export interface PicturedWindow extends DrivenBrowser {
  /** All of the window, as PNG. @param moving what must have come to rest. */
  photograph(moving: Page): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Xvfb and ImageMagick's `import` are installed where they are missing, as root and with apt-get.
 *
 * @throws Error that says what to install, or NoBrowserError.
 */
export async function openWindow({ profileDir, isDark }: WindowOptions): Promise<PicturedWindow> {
  for (const [program, name] of Object.entries(PROGRAMS)) await ensureProgram(program, name);
  const server = await startDisplay();
  try {
    const { display } = server;
    const browser = await launchWithExtension({
      profileDir,
      locale: 'en-GB',
      window: { ...WINDOW, display, scale: SCALE, isDark },
    });
    const photograph = async () => {
      // without the time at which it was taken
      const exact = ['-strip', '-define', 'png:exclude-chunk=date,time'];
      const { stdout } = await execa('import', ['-window', 'root', ...exact, 'png:-'], {
        env: { DISPLAY: display },
        encoding: 'buffer',
      });
      return Buffer.from(stdout);
    };
    return {
      ...browser,
      async photograph(moving) {
        const colorScheme = isDark ? 'dark' : 'light';
        await moving.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        // the screen shows a page later than the page knows of it
        for (let before = await photograph(); ; ) {
          const now = await photograph();
          if (now.equals(before)) return now;
          before = now;
        }
      },
      async close() {
        await browser.context.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function ensureProgram(program: string, name: string): Promise<void> {
  const isThere = () => existsSync(`/usr/bin/${program}`);
  if (isThere()) return;
  console.log(`no ${program} found: installing the package ${name} of this system (apt-get) …`);
  const failure = await installWithApt(name);
  if (isThere()) return;
  throw new Error(
    `The pictures are taken with ${program}, which is missing and could not be installed: ${failure}. ` +
      `On Debian and Ubuntu: sudo apt-get install ${name}`,
  );
}

async function startDisplay() {
  const { width, height } = WINDOW;
  const child = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${width * SCALE}x${height * SCALE}x24`],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'close');
  const lines = createInterface(child.stdio[3] as Readable);
  const [number] = (await Promise.race([once(lines, 'line'), ended])) as [string | number];
  if (typeof number !== 'string') throw new Error('Xvfb has ended before it had a display.');
  return {
    display: `:${number}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
