/** Facts about the browser that the options page shows. Its entrypoint provides them. */
export interface BrowserFacts {
  /** Version of the extension. */
  readonly version: string;
  readonly userAgent: string;
  readonly system: 'macos' | 'windows' | 'linux' | 'other';
  /** Whether the browser allows notifications; undefined where it can't be asked. */
  readonly mayNotify: boolean | undefined;
  readonly shortcuts: readonly Shortcut[];
  /** Opens the browser's own page for shortcuts. */
  changeShortcuts(): void;
}

export interface Shortcut {
  /** Description in the browser's language; empty for opening the popup. */
  readonly name: string;
  /** Keys as the browser writes them; empty when not set. */
  readonly keys: string;
}
