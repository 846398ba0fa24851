/** What a person does in Chromium's own settings of an extension, and with the question that it asks. */
import { createHash } from 'node:crypto';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { CHROME_BUILD } from '../../scripts/browser/extension-build.ts';
import { eventually } from './eventually.ts';
import type { ExtensionBrowser } from './extension-browser.ts';

/** What Chromium's page of extensions uses, and its windows. */
declare const chrome: {
  readonly developerPrivate: {
    updateExtensionConfiguration(update: object): Promise<void>;
    addHostPermission(extension: string, pattern: string): Promise<void>;
  };
  readonly tabs: { getCurrent(): Promise<{ id: number }> };
  readonly windows: {
    create(options: { tabId: number }): Promise<{ id: number }>;
    getAll(): Promise<{ id: number }[]>;
    remove(id: number): Promise<void>;
  };
};

/** Site access: none, until the button in the toolbar is clicked. */
export async function takeHostAccess({ context, worker }: ExtensionBrowser): Promise<void> {
  const { host: extensionId } = new URL((await worker()).url());
  const page = await context.newPage();
  await page.goto('chrome://extensions');
  await page.evaluate((update) => chrome.developerPrivate.updateExtensionConfiguration(update), {
    extensionId,
    hostAccess: 'ON_CLICK',
  });
  await page.close();
}

/** Site access: this one, too. @param pattern such as `http://127.0.0.1/*`. */
export async function giveHostAccess(browser: ExtensionBrowser, pattern: string): Promise<void> {
  const { host: extension } = new URL((await browser.worker()).url());
  const page = await browser.context.newPage();
  await page.goto('chrome://extensions');
  await page.evaluate(([id, host]) => chrome.developerPrivate.addHostPermission(id, host), [
    extension,
    pattern,
  ] as const);
  await page.close();
}

/**
 * Refuses what the browser asks on behalf of a page, by closing the window in which it asks. The page goes on in
 * another; all other pages are closed.
 *
 * @param isRefused whether the page shows that it has been told.
 */
export async function refuse(page: Page, isRefused: () => Promise<boolean>): Promise<void> {
  await eventually(async () => {
    // when the question comes no page can see
    if (await isRefused()) return true;
    await page.evaluate(async () => {
      const { id: tabId } = await chrome.tabs.getCurrent();
      const { id: own } = await chrome.windows.create({ tabId });
      const others = (await chrome.windows.getAll()).filter(({ id }) => id !== own);
      // one whose last tab has gone goes by itself
      await Promise.allSettled(others.map(({ id }) => chrome.windows.remove(id)));
    });
    return isRefused();
  }, 'the refusal');
}

/** Turns the extension's notifications off in a profile that is not in use, as ChromeOS does. */
export async function denyNotifications(profileDir: string): Promise<void> {
  const preferences = { message_center: { disabled_extension_ids: [await ownId()] } };
  await mkdir(join(profileDir, 'Default'));
  await writeFile(join(profileDir, 'Default/Preferences'), JSON.stringify(preferences));
}

/** Of an extension without a key it is a hash of where it lies. */
async function ownId(): Promise<string> {
  const encoding = process.platform === 'win32' ? 'utf16le' : 'utf8';
  const hash = createHash('sha256')
    .update(await realpath(CHROME_BUILD), encoding)
    .digest('hex');
  return hash.slice(0, 32).replace(/./g, (digit) => 'abcdefghijklmnop'[parseInt(digit, 16)] ?? '');
}
