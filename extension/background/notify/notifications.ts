/** Shows desktop notifications, and hides the differences between browsers. */
import { browser } from 'wxt/browser';
import { t } from '../../i18n/worker.ts';
import type { Settings } from '../../shared/settings.ts';
import type { BrowserNotice } from '../../shared/view.ts';

/** Resolves when the browser accepted the notification. One with the same id is replaced without a new alert. */
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

/** @param handle called with the id of the notification and the index of the pressed button. */
export function onNoticeButton(handle: (id: string, index: number) => void): void {
  // Firefox never fires this event, and warns about listeners
  if (!import.meta.env.FIREFOX) browser.notifications.onButtonClicked.addListener(handle);
}

/** Ids of this extension's notifications that are still visible. */
export async function visibleNotices(): Promise<string[]> {
  return Object.keys(await browser.notifications.getAll());
}

export async function withdrawNotice(id: string): Promise<void> {
  await browser.notifications.clear(id);
}
