/** Opens the side panel of the window. Chrome and Firefox have different APIs for it. */
import { browser } from 'wxt/browser';

/** Firefox only. */
interface Sidebar {
  open(): Promise<void>;
}

/**
 * @returns a function to call synchronously in a click handler; undefined in browsers without a side panel. Resolve it
 *   before the click: awaiting inside the handler would lose the user gesture.
 */
export async function sidePanelOpener(): Promise<(() => void) | undefined> {
  const { sidebarAction } = browser as typeof browser & { readonly sidebarAction?: Sidebar };
  if (sidebarAction) return () => void sidebarAction.open().then(() => window.close());
  if (!browser.sidePanel?.open) return undefined;
  const { id } = await browser.windows.getCurrent();
  if (id === undefined) return undefined;
  return () => void browser.sidePanel.open({ windowId: id }).then(() => window.close());
}
