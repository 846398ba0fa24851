/**
 * What the browser lets Agentlight do: a person may refuse it, and take it back at any time.
 *
 * No program can say yes to what Chromium asks in a window of its own: what is given here is given where its settings
 * give it, and what leads from the button to a yes is shown by Firefox (test/e2e-firefox/access.test.ts).
 */
import type { Page } from 'playwright';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { ExtensionBrowser } from '../support/extension-browser.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { giveHostAccess, refuse, takeHostAccess } from '../support/extension-settings.ts';
import { openPageFrom, pair, startPaired } from '../support/paired.ts';
import { startTestService } from '../support/test-service.ts';

declare const chrome: {
  readonly permissions: { request(wanted: { origins: string[] }): Promise<boolean> };
};
declare const recorded: object[];

/** A name of this machine, by RFC 6761, to which the extension has no access from the beginning. */
const HOST = 'agents.localhost';

async function toolbarShows(browser: ExtensionBrowser, badge: string, title: string) {
  const isShown = async () =>
    (await browser.badge()) === badge && (await browser.title()) === title;
  await eventually(isShown, `the toolbar to show "${badge}" and say "${title}"`);
}

/** What a page has the browser ask the person from now on, and what came of it. */
async function recordAnswers(page: Page): Promise<() => Promise<object[]>> {
  await page.evaluate(() => {
    const { request } = chrome.permissions;
    Object.assign(globalThis, { recorded: [] });
    chrome.permissions.request = async ({ origins }) => {
      const isGiven = await request.call(chrome.permissions, { origins });
      recorded.push({ origins, isGiven });
      return isGiven;
    };
  });
  return () => page.evaluate(() => recorded);
}

test('a browser that gives nothing: what that means is said, and a person may change their mind', async () => {
  const [service, browser] = await Promise.all([
    startTestService({ AGENTLIGHT_ALLOWED_HOSTS: HOST }),
    openExtensionBrowser({ mayNotify: false }),
  ]);
  const options = await browser.openPage('options.html');
  const warning = options.getByRole('alert').filter({ hasText: 'Notifications are turned off' });
  await warning.waitFor();
  expect(await warning.innerText()).toMatch(/Open .+ › |Turn them on for your browser in /);

  const url = service.url.replace('127.0.0.1', HOST);
  await options.getByRole('textbox', { name: 'Pairing code' }).fill('ABCD-EFGH');
  await options.getByRole('textbox', { name: 'Service address' }).fill(url);
  await options.getByRole('button', { name: 'Connect' }).click();
  const refused = options.getByText(`Agentlight can’t connect without access to ${HOST}.`);
  await refuse(options, () => refused.isVisible());
  expect(await browser.fleet()).toBeUndefined();

  await giveHostAccess(browser, `http://${HOST}/*`);
  await pair(service, options, service.client, url);
  expect(await refused.count()).toBe(0);
});

test('access that is taken back shows at once, and with it given again the connection is back', async () => {
  const { browser, popup, service } = await startPaired();
  const { host } = new URL(service.url);
  const told = `The browser no longer lets Agentlight reach ${host}.`;
  const title = `Agentlight: no access to ${host}`;
  await service.client.registerAgent('build', { name: 'build', capabilities: [] });
  const events = [{ type: 'run.started', agent: 'build', run: uuidv7() }];
  await service.client.report(JSON.stringify({ events }));
  const link = popup.locator('li[data-agent=build] a').first();
  const run = await openPageFrom(popup, browser, () => link.click());
  await run.getByRole('heading', { name: 'build' }).waitFor();
  const sidePanel = await browser.openPage('sidepanel.html');
  const options = await browser.openPage('options.html');
  await takeHostAccess(browser);
  for (const page of [run, sidePanel, options, await browser.openPopup()]) {
    await page.getByText(told).first().waitFor();
    await page.getByRole('button', { name: 'Allow' }).first().waitFor();
  }
  await toolbarShows(browser, '!', title);

  // the button has the browser ask, and whoever refuses is where they were
  const answers = await recordAnswers(options);
  await options.getByRole('button', { name: 'Allow' }).click();
  await refuse(options, async () => (await answers()).length > 0);
  expect(await answers()).toEqual([{ origins: ['http://127.0.0.1/*'], isGiven: false }]);

  // neither another life of the worker nor somebody who looks brings it back
  await browser.killWorker();
  await browser.wake(options);
  await toolbarShows(browser, '!', title);
  await options.getByText(told).waitFor();

  await giveHostAccess(browser, 'http://127.0.0.1/*');
  await options.getByText(/^Live/).waitFor();
  await toolbarShows(browser, '1', 'Agentlight: 1 running');
});
