/** The popup in the browser's own small window, opened as its button in the toolbar opens it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { chromium } from 'playwright';

declare const chrome: {
  readonly action: { openPopup(): Promise<void> };
  readonly extension: { getViews(of: { type: 'popup' }): object[] };
  readonly runtime: { getContexts(filter: { contextTypes: string[] }): Promise<object[]> };
  readonly windows: { getLastFocused(): Promise<{ focused: boolean }> };
};

/** A page of the extension that runs none of its code. */
const ASKING_PAGE = 'icon/16.png';
/** To close another popup, or to open this one. */
const LIMIT_MS = 10_000;

/** A page of the extension, or its worker. */
interface Asking {
  evaluate(script: typeof openAndWait, limitMs: number): Promise<void>;
}

interface Opener {
  readonly context: BrowserContext;
  readonly profileDir: string;
  urlOf(path: string): string;
}

/**
 * Opens the popup with `chrome.action.openPopup()` and gives it as a page.
 *
 * What a program can reach of a popup differs:
 * - Chromium: everything. Playwright does not notice a popup that opens, but a second connection to the same browser
 *   finds it among its pages, with real keys, clicks and pictures. As for a person, the popup closes when another tab
 *   or window comes to the front. What the browser's context sets for its pages (clock, time zone, locale, scripts)
 *   does not hold in it.
 * - Firefox: size and content, from another page of the extension (`browser.extension.getViews`). WebDriver BiDi does
 *   not list the popup, so no key, click or picture of it is possible: other tests there open popup.html in a tab of
 *   the popup's size. See `FirefoxBrowser` in test/support/firefox-browser.ts.
 *
 * @throws Error when a popup is open already, or no window of the browser is active.
 */
export async function openToolbarPopup({ context, profileDir, urlOf }: Opener): Promise<Page> {
  const asking: Asking =
    context.serviceWorkers()[0] ?? (await findAskingPage(context, urlOf(ASKING_PAGE)));
  await asking.evaluate(openAndWait, LIMIT_MS);
  const [port] = (await readFile(join(profileDir, 'DevToolsActivePort'), 'utf8')).split('\n');
  // with defaults it would take downloads and colours away from the first connection
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
  for (const page of browser.contexts().flatMap((found) => found.pages())) {
    if (!(await isPopup(page, urlOf('')))) continue;
    page.once('close', () => void browser.close());
    return page;
  }
  await browser.close();
  throw new Error('The popup has closed before it could be reached.');
}

/** In the extension. Waits for one that is closing, as it has the focus for a moment longer. */
async function openAndWait(limitMs: number): Promise<void> {
  const endsAtMs = performance.now() + limitMs;
  const until = async (what: string, isSo: () => Promise<boolean>) => {
    while (!(await isSo())) {
      if (performance.now() > endsAtMs) throw new Error(`No popup: ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const isOpen = async () => {
    const popups = await chrome.runtime.getContexts({ contextTypes: ['POPUP'] });
    return popups.length > 0;
  };
  await until('another one is still open', async () => !(await isOpen()));
  await until('no window has the focus', async () => {
    const { focused } = await chrome.windows.getLastFocused();
    return focused;
  });
  await chrome.action.openPopup();
  await until('it did not open', isOpen);
}

async function findAskingPage(context: BrowserContext, url: string): Promise<Page> {
  const found = context.pages().find((page) => page.url() === url);
  if (found) return found;
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function isPopup(page: Page, extensionUrl: string): Promise<boolean> {
  if (!page.url().startsWith(extensionUrl)) return false;
  return page.evaluate(() => chrome.extension.getViews({ type: 'popup' }).includes(window));
}
