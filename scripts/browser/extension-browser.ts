/** A Chromium that is driven by a program, with the built extension in it. */
import type { BrowserContext, Worker } from 'playwright';
import { chromium } from 'playwright';
import { ensureBrowser } from './browser.ts';
import { CHROME_BUILD } from './extension-build.ts';

export interface LaunchOptions {
  readonly profileDir: string;
  /** Default: that of a popup. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly deviceScaleFactor?: number;
  /** Of its pages, and of the browser itself. */
  readonly locale?: string;
  /** Of its pages, as IANA names it. Default: that of this machine. */
  readonly timezoneId?: string;
}

export interface DrivenBrowser {
  readonly context: BrowserContext;
  /** The background worker as it is now; waits until there is one. */
  worker(): Promise<Worker>;
  /** Address of one of the extension's pages. */
  urlOf(path: string): string;
}

/** @throws NoBrowserError */
export async function launchWithExtension({
  profileDir,
  viewport = { width: 400, height: 560 },
  locale,
  ...options
}: LaunchOptions): Promise<DrivenBrowser> {
  const context = await chromium.launchPersistentContext(profileDir, {
    ...options,
    ...(locale !== undefined && { locale }),
    viewport,
    executablePath: await ensureBrowser(console.log),
    // Chromium refuses to run as root with it
    chromiumSandbox: process.getuid?.() !== 0,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      ...(locale === undefined ? [] : [`--lang=${new Intl.Locale(locale).language}`]),
      '--headless=new',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-extensions-except=${CHROME_BUILD}`,
      `--load-extension=${CHROME_BUILD}`,
    ],
  });
  const worker = async () =>
    context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const { host } = new URL((await worker()).url());
  return { context, worker, urlOf: (path) => `chrome-extension://${host}/${path}` };
}
