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

/** The popup in its own window. Nothing can be clicked or typed in it: see `openToolbarPopup` in scripts/browser. */
export interface FirefoxPopup {
  /** Runs a script on its document. @param body of an async function; may use `window`, `document` and `args`. */
  run<Result>(body: string, args?: readonly unknown[]): Promise<Result>;
  close(): Promise<void>;
}

export interface FirefoxBrowser {
  /** Waits until the button in the toolbar has this badge, and says this when the mouse rests on it. */
  toolbarShows(badge: string, title: string | RegExp): Promise<void>;
  /** Desktop notifications that can be seen. */
  notifications(): Promise<FirefoxNotification[]>;
  /** What the extension has stored of its first service. */
  view(): Promise<View | undefined>;
  /** The popup's page in a tab of the popup's size, where it can be clicked. */
  openPopup(): Promise<FirefoxPage>;
  /** The popup, as its button in the toolbar opens it. */
  openToolbarPopup(): Promise<FirefoxPopup>;
  openPage(path: string): Promise<FirefoxPage>;
  /** Whether the event page is there: Firefox takes away one that has had nothing to do. */
  isAwake(): Promise<boolean>;
  /** Takes the event page away, as Firefox does by itself after half a minute without any event. */
  suspend(): Promise<void>;
  /** Presses what the person answers, where the browser asks for access on behalf of the extension. */
  answer(button: 'allow' | 'deny'): Promise<void>;
  /** The switch of a person in about:addons. @param pattern such as `http://127.0.0.1/*`. */
  switchAccess(pattern: string, isOn: boolean): Promise<void>;
  /** Of the extension's pages, as a person changes it with Ctrl and +. */
  zoomPages(factor: number): Promise<void>;
  /** Of all that the browser shows, as a person sets it for the whole system. */
  scaleScreen(factor: number): Promise<void>;
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
  const setPref = async (name: string, value: number | string) => {
    const setter = typeof value === 'string' ? 'setStringPref' : 'setIntPref';
    await runInBrowser(`Services.prefs.${setter}(...args)`, [name, value]);
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
    async openPopup() {
      const page = await openPage('popup.html');
      await page.resize(400, 560);
      return page;
    },
    async openToolbarPopup() {
      const count = () => asking.run<number>(`return ${POPUPS}.length`);
      await eventually(async () => (await count()) === 0, 'an earlier popup to be gone');
      await asking.run('await browser.action.openPopup()');
      await eventually(count, 'the popup to open');
      return {
        run: (body, args) =>
          asking.run(`const [window] = ${POPUPS}; const { document } = window; ${body}`, args),
        async close() {
          await asking.run(`${POPUPS}[0].close()`);
          await eventually(async () => (await count()) === 0, 'the popup to close');
        },
      };
    },
    zoomPages: (factor) =>
      asking.run('await browser.tabs.setZoom((await browser.tabs.getCurrent()).id, args[0])', [
        factor,
      ]),
    scaleScreen: (factor) => setPref('layout.css.devPixelsPerPx', String(factor)),
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

const POPUPS = "browser.extension.getViews({ type: 'popup' })";

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
