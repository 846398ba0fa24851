/** Opens the side panel of the window. Chrome and Firefox call it by different names. */
import { browser } from 'wxt/browser';

/** Firefox has it, and Chrome does not. */
interface Sidebar {
  open(): Promise<void>;
}

/**
 * @returns what opens it, to be called at once in answer to a click; undefined where there is none. Resolved before
 *   the click, as waiting in between loses it.
 */
export async function sidePanelOpener(): Promise<(() => void) | undefined> {
  const { sidebarAction } = browser as typeof browser & { readonly sidebarAction?: Sidebar };
  if (sidebarAction) return () => void sidebarAction.open().then(() => window.close());
  if (!browser.sidePanel?.open) return undefined;
  const { id } = await browser.windows.getCurrent();
  if (id === undefined) return undefined;
  return () => void browser.sidePanel.open({ windowId: id }).then(() => window.close());
}
