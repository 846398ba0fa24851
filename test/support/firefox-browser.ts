/** A real Firefox with the built extension in it. */
import { inject, onTestFinished } from 'vitest';
import type { View } from '../../extension/shared/view.ts';
import { readView } from '../../extension/shared/view.ts';
import { FIREFOX_BUILD } from '../../scripts/browser/extension-build.ts';
import { Bidi } from './bidi.ts';
import { eventually } from './eventually.ts';
import { FirefoxPage } from './firefox-page.ts';

export interface FirefoxNotification {
  readonly id: string;
  readonly title: string;
  readonly message: string;
}

export interface FirefoxBrowser {
  /** Waits until the button in the toolbar has this badge, and says this when the mouse rests on it. */
  toolbarShows(badge: string, title: string | RegExp): Promise<void>;
  /** Desktop notifications that can be seen. */
  notifications(): Promise<FirefoxNotification[]>;
  /** What the extension has stored of its first service. */
  view(): Promise<View | undefined>;
  /** The popup, opened in a tab of its own. */
  openPopup(): Promise<FirefoxPage>;
  openPage(path: string): Promise<FirefoxPage>;
  /** Whether the event page is there: Firefox takes away one that has had nothing to do. */
  isAwake(): Promise<boolean>;
  /** Takes the event page away, as Firefox does by itself after half a minute without any event. */
  suspend(): Promise<void>;
  /** Presses what the person answers, where the browser asks for access on behalf of the extension. */
  answer(button: 'allow' | 'deny'): Promise<void>;
  /** The switch of a person in about:addons. @param pattern such as `http://127.0.0.1/*`. */
  switchAccess(pattern: string, isOn: boolean): Promise<void>;
  /** In the next lives of the event page: how long it may have nothing to do, instead of half a minute. */
  setIdleTimeout(idleMs: number): Promise<void>;
}

/** Our extension, new and with nothing stored, in the Firefox of this test run. Taken out when the test ends. */
export async function openFirefox(): Promise<FirefoxBrowser> {
  const bidi = await Bidi.connect(inject('firefoxUrl'));
  onTestFinished(() => bidi.end());
  const extensionData = { type: 'path', path: FIREFOX_BUILD };
  const { extension } = await bidi.request<{ extension: string }>('webExtension.install', {
    extensionData,
  });
  // with its pages and all that it has stored
  onTestFinished(async () => void (await bidi.request('webExtension.uninstall', { extension })));
  const { contexts } = await bidi.request<{ contexts: { context: string; url: string }[] }>(
    'browsingContext.getTree',
    { 'moz:scope': 'chrome' },
  );
  const window = contexts.find(({ url }) => url === 'chrome://browser/content/browser.xhtml');
  if (!window) throw new Error('Firefox has no window.');
  const runInBrowser = <Result>(body: string, args: readonly unknown[] = []) =>
    bidi.run<Result>(
      window.context,
      `const { extension } = WebExtensionPolicy.getByID("${extension}"); ${body}`,
      args,
    );
  const setPref = async (name: string, value: number) => {
    await runInBrowser('Services.prefs.setIntPref(...args)', [name, value]);
    onTestFinished(() => runInBrowser('Services.prefs.clearUserPref(...args)', [name]));
  };
  const base = await runInBrowser<string>('return extension.baseURL');
  const openPage = (path: string) => FirefoxPage.open(bidi, base + path);
  // a page that runs nothing of ours, to ask the browser from
  const asking = await openPage('icon/16.png');
  return {
    async toolbarShows(badge, title) {
      const isShown = async () => {
        const [text, words] = await runInBrowser<[string, string]>(READ_BUTTON);
        return text === badge && (typeof title === 'string' ? words === title : title.test(words));
      };
      await eventually(isShown, `the toolbar to show "${badge}" and say "${title}"`);
    },
    async notifications() {
      const shown = await asking.run<Record<string, Omit<FirefoxNotification, 'id'>>>(
        'return browser.notifications.getAll()',
      );
      return Object.entries(shown).map(([id, { title, message }]) => ({ id, title, message }));
    },
    async view() {
      const stored = await asking.run<object>('return browser.storage.local.get(null)');
      return readView(Object.entries(stored).find(([key]) => key.startsWith('view:'))?.[1]);
    },
    openPage,
    openPopup: () => openPage('popup.html'),
    isAwake: () => runInBrowser('return extension.backgroundState === "running"'),
    suspend: () => runInBrowser('await extension.terminateBackground()'),
    async answer(button) {
      // what is pressed in the first half second is not taken for an answer
      const isAnswered = () => runInBrowser<boolean>(PRESS_ANSWER, [button]);
      await eventually(isAnswered, `the browser to ask, and "${button}" to be taken`);
    },
    switchAccess: (pattern, isOn) => runInBrowser(SWITCH_ACCESS, [pattern, isOn]),
    setIdleTimeout: (idleMs) => setPref('extensions.background.idle.timeout', idleMs),
  };
}

/** Badge and words of the one that a person sees. */
const READ_BUTTON = `
  const toolbar = document.getElementById("nav-bar");
  const button = toolbar.querySelector("toolbarbutton[data-extensionid='" + extension.id + "']");
  return [button.getAttribute("badge") ?? "", button.getAttribute("tooltiptext")];`;

/** True once it was there and has gone by being answered. */
const PRESS_ANSWER = `
  const isAsking = () => PopupNotifications.getNotification("addon-webext-permissions") !== null;
  const { state, firstElementChild: question } = PopupNotifications.panel;
  if (!isAsking() || state !== "open") return false;
  question[args[0] === "allow" ? "button" : "secondaryButton"].click();
  return !isAsking();`;

const SWITCH_ACCESS = `
  const { ExtensionPermissions } = ChromeUtils.importESModule(
    "resource://gre/modules/ExtensionPermissions.sys.mjs",
  );
  const [pattern, isOn] = args;
  const change = isOn ? "add" : "remove";
  await ExtensionPermissions[change](extension.id, { origins: [pattern], permissions: [] }, extension);`;
