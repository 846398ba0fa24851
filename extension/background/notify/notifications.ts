/** Desktop notifications as the browser shows them. The differences between browsers end here. */
import { browser } from 'wxt/browser';
import { t } from '../../i18n/worker.ts';
import type { Settings } from '../../shared/settings.ts';
import type { BrowserNotice } from '../../shared/view.ts';

/** Resolves when the browser has taken it. One with the same id is replaced, and does not alert again. */
export async function showNotice(
  notice: BrowserNotice,
  { sound }: Pick<Settings, 'sound'>,
): Promise<void> {
  const { id, title, message, buttons = [], isSticky = false } = notice;
  await browser.notifications.create(id, {
    type: 'basic',
    iconUrl: browser.runtime.getURL('/icon/128.png'),
    title,
    message,
    // Firefox refuses notifications with any of these
    ...(!import.meta.env.FIREFOX && {
      buttons: buttons.map((button) => ({ title: t(`button.${button}`) })),
      requireInteraction: isSticky,
      silent: !sound,
    }),
  });
}

/** @param pressed is told the id of the notification, and which of its buttons it was. */
export function onNoticeButton(pressed: (id: string, index: number) => void): void {
  // Firefox has the event, which never comes, and warns of whoever listens
  if (!import.meta.env.FIREFOX) browser.notifications.onButtonClicked.addListener(pressed);
}

/** Ids of ours that can still be seen. */
export async function visibleNotices(): Promise<string[]> {
  return Object.keys(await browser.notifications.getAll());
}

export async function withdrawNotice(id: string): Promise<void> {
  await browser.notifications.clear(id);
}
