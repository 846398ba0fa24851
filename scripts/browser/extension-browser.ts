/** A Chromium that is driven by a program, with the built extension in it. */
import type { BrowserContext, Page, Worker } from 'playwright';
import { chromium } from 'playwright';
import { ensureBrowser } from './browser.ts';
import { CHROME_BUILD } from './extension-build.ts';
import { openToolbarPopup } from './toolbar-popup.ts';

export interface LaunchOptions {
  readonly profileDir: string;
  /** Of the browser and its pages. */
  readonly locale?: string;
  /** Of the browser and its pages, as IANA names it. Default: that of this machine. */
  readonly timezoneId?: string;
  /** Of the browser, beside that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** To be seen, instead of headless. */
  readonly window?: BrowserWindow;
}

export interface BrowserWindow {
  /** Of the X server, such as `:1`. */
  readonly display: string;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly isDark: boolean;
}

/** Of a tab; the window is as wide. In a narrower one the browser has no room for the popup beside its button. */
const VIEWPORT = { width: 1_280, height: 800 };

export interface DrivenBrowser {
  readonly context: BrowserContext;
  /** The background worker as it is now; waits until there is one. */
  worker(): Promise<Worker>;
  /** Address of one of the extension's pages. */
  urlOf(path: string): string;
  /** See `openToolbarPopup`. */
  openPopup(): Promise<Page>;
}

/** @throws NoBrowserError */
export async function launchWithExtension({
  profileDir,
  locale,
  timezoneId,
  env,
  window,
}: LaunchOptions): Promise<DrivenBrowser> {
  const context = await chromium.launchPersistentContext(profileDir, {
    ...(locale !== undefined && { locale }),
    ...(timezoneId !== undefined && { timezoneId }),
    env: {
      ...process.env,
      ...(timezoneId !== undefined && { TZ: timezoneId }),
      ...(window && { DISPLAY: window.display }),
      ...env,
    },
    headless: !window,
    viewport: window ? null : VIEWPORT,
    colorScheme: window?.isDark ? 'dark' : 'light',
    executablePath: await ensureBrowser(console.log),
    // Chromium refuses to run as root with it
    chromiumSandbox: process.getuid?.() !== 0,
    // what says that the browser is automated is not in the pictures
    ignoreDefaultArgs: ['--disable-extensions', ...(window ? ['--enable-automation'] : [])],
    args: [
      ...(locale === undefined ? [] : [`--lang=${new Intl.Locale(locale).language}`]),
      ...(window ? windowArgs(window) : ['--headless=new', '--screen-info={1600x1200}']),
      // a second connection, for the popup
      '--remote-debugging-port=0',
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
  const urlOf = (path: string) => `chrome-extension://${host}/${path}`;
  const openPopup = () => openToolbarPopup({ context, profileDir, urlOf });
  return { context, worker, urlOf, openPopup };
}

function windowArgs({ width, height, scale, isDark }: BrowserWindow): string[] {
  return [
    '--window-position=0,0',
    // Chromium leaves out the last line of pixels
    `--window-size=${width + 1},${height + 1}`,
    `--force-device-scale-factor=${scale}`,
    // without a bar that warns of a missing sandbox
    '--test-type',
    ...(isDark ? ['--force-dark-mode'] : []),
  ];
}
