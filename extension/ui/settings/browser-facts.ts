/** What the options page tells of the browser, found out by its entrypoint. */
export interface BrowserFacts {
  /** Of the extension. */
  readonly version: string;
  readonly userAgent: string;
  readonly system: 'macos' | 'windows' | 'linux' | 'other';
  /** Whether the browser lets us show notifications; undefined where it does not say. */
  readonly mayNotify: boolean | undefined;
  readonly shortcuts: readonly Shortcut[];
  /** Opens the browser's own page for shortcuts. */
  changeShortcuts(): void;
}

export interface Shortcut {
  /** What it does, in the browser's language; empty for opening the popup. */
  readonly name: string;
  /** As the browser writes it; empty when there is none. */
  readonly keys: string;
}
