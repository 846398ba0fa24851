/** A real Firefox with the built extension in it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { View } from '../../extension/shared/view.ts';
import type { Fleet } from '../../protocol/fleet.ts';
import { FIREFOX_BUILD } from '../../scripts/extension-build.ts';
import { ensureFirefox } from '../../scripts/firefox.ts';
import { Bidi } from './bidi.ts';
import { eventually } from './eventually.ts';
import { FirefoxPage } from './firefox-page.ts';

const EXTENSION = 'agentlight@agentlight.dev';
/** Of its pages; Firefox makes up one for each profile, unless it is told. */
const HOST = '6b8f5a3e-7d1c-4a52-9c1e-2f4b6d8e0a13';

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
  fleet(): Promise<Fleet | undefined>;
  /** The popup, opened in a tab of its own. */
  openPopup(): Promise<FirefoxPage>;
  openPage(path: string): Promise<FirefoxPage>;
  /** Whether the event page is there: Firefox takes away one that has had nothing to do. */
  isAwake(): Promise<boolean>;
  /** Takes the event page away, as Firefox does by itself after half a minute without any event. */
  suspend(): Promise<void>;
  /** Runs a script in the browser's own window. @param body of an async function; may use `args`. */
  runInBrowser<Result>(body: string, args?: readonly unknown[]): Promise<Result>;
}

/** Closed when the test ends. @param prefs besides those that the tests need. */
export async function openFirefox(prefs: Record<string, unknown> = {}): Promise<FirefoxBrowser> {
  const bidi = await launch({
    'extensions.webextensions.uuids': JSON.stringify({ [EXTENSION]: HOST }),
    // notifications as windows of its own: a machine without a desktop has nobody who shows them
    'alerts.useSystemBackend': false,
    ...prefs,
  });
  const extensionData = { type: 'path', path: FIREFOX_BUILD };
  await bidi.request('webExtension.install', { extensionData });
  const { contexts } = await bidi.request<{ contexts: { context: string; url: string }[] }>(
    'browsingContext.getTree',
    { 'moz:scope': 'chrome' },
  );
  const window = contexts.find(({ url }) => url === 'chrome://browser/content/browser.xhtml');
  if (!window) throw new Error('Firefox has no window.');
  const runInBrowser = <Result>(body: string, args: readonly unknown[] = []) =>
    bidi.run<Result>(
      window.context,
      `const { extension } = WebExtensionPolicy.getByID("${EXTENSION}"); ${body}`,
      args,
    );
  const openPage = (path: string) => FirefoxPage.open(bidi, `moz-extension://${HOST}/${path}`);
  // a page that runs nothing of ours, to ask the browser from
  const asking = await openPage('icon/16.png');
  return {
    async toolbarShows(badge, title) {
      const isShown = async () => {
        const [text, words] = await runInBrowser<[string, string]>(BUTTON);
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
    async fleet() {
      const stored = await asking.run<object>('return browser.storage.local.get(null)');
      const view = Object.entries(stored).find(([key]) => key.startsWith('view:'))?.[1];
      return (view as View | undefined)?.fleet;
    },
    openPage,
    openPopup: () => openPage('popup.html'),
    isAwake: () => runInBrowser('return extension.backgroundState === "running"'),
    suspend: () => runInBrowser('await extension.terminateBackground()'),
    runInBrowser,
  };
}

/** Badge and words of the one that a person sees. */
const BUTTON = `
  const toolbar = document.getElementById("nav-bar");
  const button = toolbar.querySelector("toolbarbutton[data-extensionid='${EXTENSION}']");
  return [button.getAttribute("badge") ?? "", button.getAttribute("tooltiptext")];`;

async function launch(prefs: Record<string, unknown>): Promise<Bidi> {
  const profileDir = await mkdtemp(join(tmpdir(), 'agentlight-firefox-'));
  const lines = Object.entries(prefs).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(profileDir, 'user.js'), lines.join(''));
  const child = spawn(
    await ensureFirefox(),
    [
      '--headless',
      '--no-remote',
      '--profile',
      profileDir,
      '--remote-debugging-port=0',
      // the toolbar and the life of the event page can be seen from its own scripts only
      '--remote-allow-system-access',
      'about:blank',
    ],
    {
      // as root it refuses the home of somebody else, and it leaves things in that
      env: { ...process.env, HOME: profileDir, MOZ_CRASHREPORTER_DISABLE: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    },
  );
  const ended = once(child, 'close');
  const said: string[] = [];
  createInterface(child.stderr).on('line', (line) => said.push(line));
  onTestFinished(async () => {
    // with all the processes that it has started
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    await rm(profileDir, { recursive: true, force: true, maxRetries: 5 });
  });
  const url = await eventually(
    () => said.map((line) => /^WebDriver BiDi listening on (\S+)/.exec(line)?.[1]).find(Boolean),
    'Firefox to take orders',
    30_000,
  );
  return Bidi.connect(url);
}
