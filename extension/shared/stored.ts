/**
 * What is kept for the pages, as a page begins to read and follow it.
 *
 * A script in the head begins: the browser then answers while the page's code is being loaded, and not after it, which is
 * 12 ms of the popup's opening (measured).
 */
import { browser } from 'wxt/browser';

export type Stored = Readonly<Record<string, unknown>>;

export interface StorageReading {
  readonly first: Promise<Stored>;
  /** What a company has laid down, as it was at that moment. */
  readonly managed: Promise<Stored | undefined>;
  /** What was stored anew since, as long as nobody else is called. */
  readonly missed: Stored[];
  /** Called with what is stored anew. */
  changed: (values: Stored) => void;
}

declare global {
  var agentlightReading: StorageReading | undefined;
}

/** In the head of the page. */
export function beginReading(): StorageReading {
  const missed: Stored[] = [];
  const reading: StorageReading = {
    first: browser.storage.local.get(null),
    // Firefox has no such area where nothing is managed
    managed: browser.storage.managed.get(null).catch(() => undefined),
    missed,
    changed: (values) => missed.push(values),
  };
  browser.storage.local.onChanged.addListener((changes) => {
    const values = Object.entries(changes).map(([key, { newValue }]) => [key, newValue] as const);
    reading.changed(Object.fromEntries(values));
  });
  globalThis.agentlightReading = reading;
  return reading;
}
