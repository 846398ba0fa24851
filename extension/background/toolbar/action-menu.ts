/** The menu of the toolbar button. */
import { browser } from 'wxt/browser';
import { t } from '../../i18n/worker.ts';
import { tomorrowMorningMs } from '../../shared/quiet.ts';
import type { RequestMessage } from '../../shared/messages.ts';

const HOUR_MS = 3_600_000;

const ITEMS = ['pause-hour', 'pause-morning', 'resume', 'reconnect'] as const;

/** Replaces the menu: it outlives the worker, so it may be from an earlier version or in another language. */
export async function createActionMenu(): Promise<void> {
  await browser.contextMenus.removeAll();
  for (const id of ITEMS) {
    browser.contextMenus.create({ id, title: t(`menu.${id}`), contexts: ['action'] });
  }
}

/** The worker request of a menu item; undefined for an unknown item. */
export function requestForItem(item: string | number, nowMs: number): RequestMessage | undefined {
  switch (item) {
    case 'pause-hour':
      return { type: 'snooze', untilMs: nowMs + HOUR_MS };
    case 'pause-morning':
      return { type: 'snooze', untilMs: tomorrowMorningMs(nowMs) };
    case 'resume':
      return { type: 'snooze', untilMs: 0 };
    case 'reconnect':
      return { type: 'wake' };
    default:
      return undefined;
  }
}
