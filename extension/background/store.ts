/** What the worker keeps over its lives, in `storage.local`. */
import { browser } from 'wxt/browser';
import type { PairedService, View } from '../shared/view.ts';
import { readView, SERVICES_KEY, viewKey, writeView } from '../shared/view.ts';

export async function loadServices(): Promise<PairedService[]> {
  const stored = await browser.storage.local.get(SERVICES_KEY);
  return (stored[SERVICES_KEY] as PairedService[] | undefined) ?? [];
}

export async function saveServices(services: readonly PairedService[]): Promise<void> {
  await browser.storage.local.set({ [SERVICES_KEY]: services });
}

/** Undefined where none can be read: the service has all of it. */
export async function loadView(service: string): Promise<View | undefined> {
  const key = viewKey(service);
  try {
    const stored = await browser.storage.local.get(key);
    return readView(stored[key]);
  } catch (error) {
    console.error('the stored view could not be read', error);
    return undefined;
  }
}

/** One atomic write: state, cursor and what is owed to the person never disagree. */
export async function saveView(service: string, view: View): Promise<void> {
  await browser.storage.local.set({ [viewKey(service)]: writeView(view) });
}

export async function forgetView(service: string): Promise<void> {
  await browser.storage.local.remove(viewKey(service));
}
