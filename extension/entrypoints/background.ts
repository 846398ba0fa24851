/** Joins the worker with the browser. Listeners are added at once, or the event that woke it is lost. */
import { browser } from 'wxt/browser';
import { defineBackground } from 'wxt/utils/define-background';
import * as z from 'zod/mini';
import { onAccessChange } from '../background/access.ts';
import { chosenFrom } from '../background/toolbar/action-menu.ts';
import { onNoticeButton } from '../background/notify/notifications.ts';
import { Worker } from '../background/worker.ts';
import type { RequestMessage } from '../shared/messages.ts';
import type { NavigationRequest } from '../shared/navigation-request.ts';
import { NAVIGATION_KEY } from '../shared/navigation-request.ts';

/** Half a minute is the shortest that browsers grant. */
const WATCHDOG_MINUTES = 0.5;

export default defineBackground(() => {
  // the policy of extensions forbids code from strings, which zod would try
  z.config({ jitless: true });
  const worker = new Worker(labelOf(navigator.userAgent));

  browser.runtime.onMessage.addListener((message: RequestMessage, sender, respond) => {
    if (sender.id !== browser.runtime.id) return undefined;
    void worker.answer(message).then(respond);
    // the answer comes later
    return true;
  });
  browser.alarms.onAlarm.addListener(() => void worker.tick());
  onAccessChange(() => void worker.accessChanged());
  self.addEventListener('online', () => void worker.online());
  browser.notifications.onClicked.addListener((id) => void openFor(worker, id));
  onNoticeButton((id, index) => void press(worker, id, index));

  browser.storage.managed.onChanged?.addListener(() => void worker.policyChanged());
  browser.contextMenus.onClicked.addListener(({ menuItemId }) => {
    const chosen = chosenFrom(menuItemId, Date.now());
    if (chosen) void worker.answer(chosen);
  });
  browser.commands.onCommand.addListener(() => void look('next'));
  browser.omnibox.onInputChanged.addListener((typed, suggest) => {
    void worker
      .suggest(typed)
      .then((found) =>
        suggest(found.map(({ content, description }) => ({ content, description }))),
      );
  });
  browser.omnibox.onInputEntered.addListener((typed) => void lookAtAgent(worker, typed));

  void browser.alarms.create('watchdog', { periodInMinutes: WATCHDOG_MINUTES });
  // pages of other extensions and content scripts have no business with tokens
  void browser.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' });
});

async function press(worker: Worker, notification: string, index: number): Promise<void> {
  // whoever is refused finds out why in the popup
  const shows = await worker.pressed(notification, index).catch(() => true);
  if (shows) await openFor(worker, notification);
  else await browser.notifications.clear(notification);
}

/** The page of the run that it is about; else the popup. */
async function openFor(worker: Worker, notification: string): Promise<void> {
  const page = await worker.pageOf(notification);
  await browser.notifications.clear(notification);
  if (page === undefined) await openPopup();
  else await browser.tabs.create({ url: new URL(page, location.origin).href });
}

/** The popup shows the agent, and Enter runs it: nothing runs by a slip in the address bar. */
async function lookAtAgent(worker: Worker, typed: string): Promise<void> {
  const [found] = await worker.suggest(typed);
  if (found) await look(found);
}

/** The popup, open already or from now on, looks there. */
async function look(at: NavigationRequest['at']): Promise<void> {
  const wish: NavigationRequest = { at, askedMs: Date.now() };
  await browser.storage.session.set({ [NAVIGATION_KEY]: wish });
  await openPopup();
}

/** In a tab, where the browser does not let us open the popup itself. */
async function openPopup(): Promise<void> {
  try {
    await browser.action.openPopup();
  } catch {
    await browser.tabs.create({ url: browser.runtime.getURL('/popup.html') });
  }
}

/** Such as `Chrome on Linux`. */
function labelOf(userAgent: string): string {
  const names = { Firefox: 'Firefox', 'Edg/': 'Edge', 'OPR/': 'Opera', Chrome: 'Chrome' };
  const systems = { Windows: 'Windows', 'Mac OS': 'macOS', CrOS: 'ChromeOS', Linux: 'Linux' };
  const find = (table: Record<string, string>, otherwise: string) =>
    Object.entries(table).find(([part]) => userAgent.includes(part))?.[1] ?? otherwise;
  return `${find(names, 'Browser')} on ${find(systems, 'this machine')}`;
}
