/** A real Chromium with the built extension in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page, Worker } from 'playwright';
import { onTestFinished } from 'vitest';
import { readView } from '../../extension/shared/view.ts';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import { launchWithExtension } from '../../scripts/browser/extension-browser.ts';
import { eventually } from './eventually.ts';
import { denyNotifications } from './extension-settings.ts';

/** What the extension's own worker sees of the browser. */
declare const chrome: {
  readonly action: {
    getBadgeText(details: object): Promise<string>;
    getTitle(details: object): Promise<string>;
  };
  readonly notifications: {
    getAll(): Promise<Record<string, unknown>>;
    create(id: string, options: { title: string; message: string }): Promise<string>;
    readonly onClicked: { dispatch(id: string): void };
  };
  readonly runtime: { sendMessage(message: object): Promise<unknown> };
  readonly storage: { readonly local: { get(key: null): Promise<Record<string, unknown>> } };
};
declare const told: ToldNotification[];

export interface ToldNotification {
  readonly id: string;
  readonly title: string;
  readonly message: string;
}

export interface ExtensionBrowser {
  readonly context: BrowserContext;
  /** The background worker as it is now; waits until there is one. */
  worker(): Promise<Worker>;
  badge(): Promise<string>;
  title(): Promise<string>;
  /** Ids of the desktop notifications that can be seen. */
  notifications(): Promise<string[]>;
  /** As a person does with the body of one. */
  clickNotification(id: string): Promise<void>;
  /** From now on, in this life of the worker: what the browser was asked to show, also what replaced another. */
  recordNotifications(): Promise<() => Promise<ToldNotification[]>>;
  /** What the extension has stored of its first service. */
  fleet(): Promise<Fleet | undefined>;
  /** The popup in its own window, which closes when another page comes to the front. See `openToolbarPopup`. */
  openPopup(): Promise<Page>;
  openPage(path: string): Promise<Page>;
  /** Of all pages, as a person sets it in the browser's settings, where that closes a popup. Such as `150%`. */
  setDefaultZoom(percent: string): Promise<void>;
  /** Wakes the worker from a page; resolves when it has answered. */
  wake(page: Page): Promise<void>;
  /** Ends the worker as the browser does with an idle one. What wakes it is up to the test. */
  killWorker(): Promise<void>;
}

export interface ExtensionBrowserOptions {
  /** Such as `de-DE`. Default: English. */
  readonly locale?: string;
  /** As IANA names it. Default: that of this machine. */
  readonly timezoneId?: string;
  /** Of the browser, beside that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the browser shows notifications of the extension. Default: it does. */
  readonly mayNotify?: boolean;
}

/** Closed when the test ends. */
export async function openExtensionBrowser({
  locale,
  timezoneId,
  env,
  mayNotify = true,
}: ExtensionBrowserOptions = {}): Promise<ExtensionBrowser> {
  const profileDir = await mkdtemp(join(tmpdir(), 'agentlight-profile-'));
  if (!mayNotify) await denyNotifications(profileDir);
  const { context, worker, urlOf, openPopup } = await launchWithExtension({
    profileDir,
    ...(locale !== undefined && { locale }),
    ...(timezoneId !== undefined && { timezoneId }),
    ...(env !== undefined && { env }),
  });
  onTestFinished(async () => {
    await context.close();
    await rm(profileDir, { recursive: true, force: true, maxRetries: 5 });
  });
  const openPage = async (path: string) => {
    const page = await context.newPage();
    await page.goto(urlOf(path));
    return page;
  };
  return {
    context,
    worker,
    badge: async () => (await worker()).evaluate(() => chrome.action.getBadgeText({})),
    title: async () => (await worker()).evaluate(() => chrome.action.getTitle({})),
    notifications: async () =>
      Object.keys(await (await worker()).evaluate(() => chrome.notifications.getAll())),
    async clickNotification(id) {
      await (await worker()).evaluate(
        (clicked) => chrome.notifications.onClicked.dispatch(clicked),
        id,
      );
    },
    async recordNotifications() {
      const recording = await worker();
      await recording.evaluate(() => {
        const calls: ToldNotification[] = [];
        const { create } = chrome.notifications;
        Object.assign(globalThis, { told: calls });
        chrome.notifications.create = (noticeId, { title, message, ...rest }) => {
          calls.push({ id: noticeId, title, message });
          return create.call(chrome.notifications, noticeId, { title, message, ...rest });
        };
      });
      return () => recording.evaluate(() => told);
    },
    async fleet() {
      const stored = await (await worker()).evaluate(() => chrome.storage.local.get(null));
      const view = Object.entries(stored).find(([key]) => key.startsWith('view:'))?.[1];
      return readView(view)?.fleet;
    },
    openPage,
    openPopup,
    async setDefaultZoom(percent) {
      const settings = await context.newPage();
      await settings.goto('chrome://settings/appearance');
      await settings.getByLabel('Page zoom').selectOption(percent);
      await settings.close();
    },
    async wake(page) {
      await page.evaluate(() => chrome.runtime.sendMessage({ type: 'wake' }));
    },
    async killWorker() {
      // a page of the same origin that runs nothing
      const page = await openPage('icon/16.png');
      const session = await context.newCDPSession(page);
      const states: string[] = [];
      session.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
        states.push(...versions.map(({ runningStatus }) => runningStatus));
      });
      await session.send('ServiceWorker.enable');
      await session.send('ServiceWorker.stopAllWorkers');
      // an event may begin its next life at once
      await eventually(() => states.includes('stopped'), 'the worker to be gone');
      await page.close();
    },
  };
}
