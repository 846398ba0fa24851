/** Joins the worker with the browser. Listeners are added at once, or the event that woke it is lost. */
import { browser } from 'wxt/browser';
import { defineBackground } from 'wxt/utils/define-background';
import * as z from 'zod/mini';
import { onNoticeButton } from '../background/notifications.ts';
import { Worker } from '../background/worker.ts';
import type { RequestMessage } from '../shared/messages.ts';

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
  self.addEventListener('online', () => void worker.online());
  browser.notifications.onClicked.addListener((id) => void openPopup(id));
  onNoticeButton((id, index) => void press(worker, id, index));

  void browser.alarms.create('watchdog', { periodInMinutes: WATCHDOG_MINUTES });
  // pages of other extensions and content scripts have no business with tokens
  void browser.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' });
});

async function press(worker: Worker, notification: string, index: number): Promise<void> {
  // whoever is refused finds out why in the popup
  const shows = await worker.pressed(notification, index).catch(() => true);
  if (shows) await openPopup(notification);
  else await browser.notifications.clear(notification);
}

/** In a tab, where the browser does not let us open the popup itself. */
async function openPopup(notification: string): Promise<void> {
  await browser.notifications.clear(notification);
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
