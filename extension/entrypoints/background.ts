/** Connects the worker to the browser. Listeners are added synchronously, or the event that woke the worker is lost. */
import { browser } from 'wxt/browser';
import { defineBackground } from 'wxt/utils/define-background';
import * as z from 'zod/mini';
import { onAccessChange } from '../background/access.ts';
import { requestForItem } from '../background/toolbar/action-menu.ts';
import { onNoticeButton } from '../background/notify/notifications.ts';
import { Worker } from '../background/worker.ts';
import type { RequestMessage } from '../shared/messages.ts';
import type { NavigationRequest } from '../shared/navigation-request.ts';
import { NAVIGATION_KEY } from '../shared/navigation-request.ts';

/** The shortest period that browsers allow. */
const WATCHDOG_MINUTES = 0.5;

export default defineBackground(() => {
  // the content security policy of extensions forbids eval, which zod would try
  z.config({ jitless: true });
  const worker = new Worker(labelOf(navigator.userAgent));

  browser.runtime.onMessage.addListener((message: RequestMessage, sender, respond) => {
    if (sender.id !== browser.runtime.id) return undefined;
    void worker.answer(message).then(respond);
    // keeps the channel open for the asynchronous answer
    return true;
  });
  browser.alarms.onAlarm.addListener(() => void worker.tick());
  onAccessChange(() => void worker.accessChanged());
  self.addEventListener('online', () => void worker.online());
  browser.notifications.onClicked.addListener((id) => void openFor(worker, id));
  onNoticeButton((id, index) => void press(worker, id, index));

  browser.storage.managed.onChanged?.addListener(() => void worker.policyChanged());
  browser.contextMenus.onClicked.addListener(({ menuItemId }) => {
    const request = requestForItem(menuItemId, Date.now());
    if (request) void worker.answer(request);
  });
  browser.commands.onCommand.addListener(() => void navigate('next'));
  browser.omnibox.onInputChanged.addListener((typed, suggest) => {
    void worker
      .suggest(typed)
      .then((found) =>
        suggest(found.map(({ content, description }) => ({ content, description }))),
      );
  });
  browser.omnibox.onInputEntered.addListener((typed) => void navigateToAgent(worker, typed));

  void browser.alarms.create('watchdog', { periodInMinutes: WATCHDOG_MINUTES });
  // keeps tokens away from content scripts
  void browser.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' });
});

async function press(worker: Worker, notification: string, index: number): Promise<void> {
  // the popup shows why a request was refused
  const shows = await worker.pressed(notification, index).catch(() => true);
  if (shows) await openFor(worker, notification);
  else await browser.notifications.clear(notification);
}

/** Opens the page of the run that the notification is about, or the popup. */
async function openFor(worker: Worker, notification: string): Promise<void> {
  const page = await worker.pageOf(notification);
  await browser.notifications.clear(notification);
  if (page === undefined) await openPopup();
  else await browser.tabs.create({ url: new URL(page, location.origin).href });
}

/** Focuses the agent in the popup, where Enter runs it: a typing error in the address bar must not start a run. */
async function navigateToAgent(worker: Worker, typed: string): Promise<void> {
  const [found] = await worker.suggest(typed);
  if (found) await navigate(found);
}

/** Opens the popup if necessary, and focuses something in it. */
async function navigate(at: NavigationRequest['at']): Promise<void> {
  const request: NavigationRequest = { at, askedMs: Date.now() };
  await browser.storage.session.set({ [NAVIGATION_KEY]: request });
  await openPopup();
}

/** Falls back to a tab where the browser does not allow opening the popup. */
async function openPopup(): Promise<void> {
  try {
    await browser.action.openPopup();
  } catch {
    await browser.tabs.create({ url: browser.runtime.getURL('/popup.html') });
  }
}

/** The name of this browser's token on the service, such as `Chrome on Linux`. */
function labelOf(userAgent: string): string {
  const names = { Firefox: 'Firefox', 'Edg/': 'Edge', 'OPR/': 'Opera', Chrome: 'Chrome' };
  const systems = { Windows: 'Windows', 'Mac OS': 'macOS', CrOS: 'ChromeOS', Linux: 'Linux' };
  const find = (table: Record<string, string>, otherwise: string) =>
    Object.entries(table).find(([part]) => userAgent.includes(part))?.[1] ?? otherwise;
  return `${find(names, 'Browser')} on ${find(systems, 'this machine')}`;
}
