/** Asks the popup to focus something when it opens. Set by a shortcut or the address bar, through `storage.session`. */

export const NAVIGATION_KEY = 'navigation';

export interface NavigationRequest {
  /** The next agent that needs attention, or a certain agent. */
  readonly at: 'next' | { readonly service: string; readonly agent: string };
  /** Epoch milliseconds. */
  readonly askedMs: number;
}

/** Older requests are ignored: the popup was opened for another reason. */
export const NAVIGATION_VALID_MS = 5_000;
