/** Where the popup should look when it opens: asked for by a shortcut or the address bar, over `storage.session`. */

export const NAVIGATION_KEY = 'look';

export interface NavigationRequest {
  /** The next one that needs attention, or one agent. */
  readonly at: 'next' | { readonly service: string; readonly agent: string };
  /** Epoch milliseconds: an old one is no wish any more. */
  readonly askedMs: number;
}

/** A popup that takes longer to open was not meant. */
export const NAVIGATION_VALID_MS = 5_000;
