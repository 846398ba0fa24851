import { effect } from '@preact/signals';
import { render } from 'preact';
import { browser } from 'wxt/browser';
import { openModel, send } from '../../page/browser-model.ts';
import { t } from '../../i18n/options.ts';
import { Options } from '../../ui/settings/options.tsx';
import type { BrowserFacts } from '../../ui/settings/browser-facts.ts';

/** Missing in Chrome, which has a page at a fixed address instead. */
interface FirefoxCommands {
  openShortcutSettings?(): Promise<void>;
}

const [model, facts] = await Promise.all([openModel(), findFacts()]);
render(<Options model={model} facts={facts} />, document.getElementById('app') as HTMLElement);

effect(() => {
  document.title = t('title');
});
await send({ type: 'wake' });

async function findFacts(): Promise<BrowserFacts> {
  const { userAgent } = navigator;
  const commands = await browser.commands.getAll();
  // missing in Firefox
  const permission = await browser.notifications.getPermissionLevel?.();
  return {
    version: browser.runtime.getManifest().version,
    userAgent,
    system: systemOf(userAgent),
    mayNotify: permission === undefined ? undefined : permission === 'granted',
    shortcuts: commands.map(({ name = '', description = '', shortcut = '' }) => ({
      name: name === '_execute_action' ? '' : description,
      keys: shortcut,
    })),
    changeShortcuts: () => {
      const { openShortcutSettings } = browser.commands as FirefoxCommands;
      if (openShortcutSettings) void openShortcutSettings();
      else void browser.tabs.create({ url: 'chrome://extensions/shortcuts' });
    },
  };
}

function systemOf(userAgent: string): BrowserFacts['system'] {
  if (userAgent.includes('Mac OS')) return 'macos';
  if (userAgent.includes('Windows')) return 'windows';
  return userAgent.includes('Linux') ? 'linux' : 'other';
}
