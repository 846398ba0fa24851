/** Desktop notifications as the browser shows them. The differences between browsers end here. */
import { browser } from 'wxt/browser';
import type { Notice } from '../shared/view.ts';

/** Resolves when the browser has taken it. One with the same id is replaced, and does not alert again. */
export async function showNotice({ id, title, message }: Notice): Promise<void> {
  await browser.notifications.create(id, {
    type: 'basic',
    iconUrl: browser.runtime.getURL('/icon/128.png'),
    title,
    message,
  });
}

/** Ids of ours that can still be seen. */
export async function visibleNotices(): Promise<string[]> {
  return Object.keys(await browser.notifications.getAll());
}

export async function withdrawNotice(id: string): Promise<void> {
  await browser.notifications.clear(id);
}
