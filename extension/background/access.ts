/** Whether the browser lets us reach a service. Any access can be taken back, in Firefox even that to this machine. */
import { browser } from 'wxt/browser';
import { accessPattern } from '../shared/address.ts';

export function hasAccess(url: string): Promise<boolean> {
  return browser.permissions.contains({ origins: [accessPattern(url)] });
}

/** @param changed is called when the person has given or taken something. @returns what ends that. */
export function onAccessChange(changed: () => void): () => void {
  const { onAdded, onRemoved } = browser.permissions;
  onAdded.addListener(changed);
  onRemoved.addListener(changed);
  return () => {
    onAdded.removeListener(changed);
    onRemoved.removeListener(changed);
  };
}
