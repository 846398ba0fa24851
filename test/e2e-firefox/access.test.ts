/** What Firefox lets Agentlight do: a person may refuse it, and take it back at any time, even for this machine. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { FirefoxPage } from '../support/firefox-page.ts';
import { openFirefox } from '../support/firefox-browser.ts';
import { pairFirefox, startPairedFirefox } from '../support/paired-firefox.ts';
import { startTestService } from '../support/test-service.ts';

/** A name of this machine, by RFC 6761, to which the extension has no access from the beginning. */
const HOST = 'agents.localhost';
const THIS_MACHINE = 'http://127.0.0.1/*';

function hasAccess(page: FirefoxPage, pattern: string): Promise<boolean> {
  return page.run('return browser.permissions.contains({ origins: args })', [pattern]);
}

test('whoever has taken back the access to this machine is asked for it when they connect', async () => {
  const service = await startTestService();
  const browser = await openFirefox();
  const popup = await browser.openPopup();
  expect(await hasAccess(popup, THIS_MACHINE)).toBe(true);
  await browser.switchAccess(THIS_MACHINE, false);
  expect(await hasAccess(popup, THIS_MACHINE)).toBe(false);
  await Promise.all([pairFirefox(service, popup), browser.answer('allow')]);
  expect(await hasAccess(popup, THIS_MACHINE)).toBe(true);
});

test('whoever refuses access to an address is told what that means, and may change their mind', async () => {
  const service = await startTestService({ AGENTLIGHT_ALLOWED_HOSTS: HOST });
  const browser = await openFirefox();
  const popup = await browser.openPopup();
  const url = service.url.replace('127.0.0.1', HOST);
  await popup.fill('Pairing code', 'ABCD-EFGH');
  await popup.fill('Service address', url);
  await popup.click('button', 'Connect');
  await browser.answer('deny');
  await popup.shows(`Agentlight can’t connect without access to ${HOST}. Try again and allow it.`);
  expect(await browser.view()).toBeUndefined();

  await Promise.all([pairFirefox(service, popup, url), browser.answer('allow')]);
  expect(await hasAccess(popup, `http://${HOST}/*`)).toBe(true);
});

test('access that is taken back shows at once, and with it given again the connection is back', async () => {
  const { browser, popup, service } = await startPairedFirefox();
  const { host } = new URL(service.url);
  const told = `The browser no longer lets Agentlight reach ${host}.`;
  const isCutOff = () => browser.toolbarShows('!', `Agentlight: no access to ${host}`);
  await browser.switchAccess(THIS_MACHINE, false);
  await isCutOff();
  await popup.shows(told);
  await popup.click('button', 'Allow');
  await browser.answer('deny');
  await popup.shows(told);
  await isCutOff();

  await popup.click('button', 'Allow');
  await browser.answer('allow');
  await popup.shows('Live');
  await browser.toolbarShows('', 'Agentlight: all quiet');

  // by the switch alone, with no page that looks and the event page asleep
  await popup.close();
  await browser.suspend();
  await browser.switchAccess(THIS_MACHINE, false);
  await isCutOff();
  await browser.suspend();
  await browser.switchAccess(THIS_MACHINE, true);
  await browser.toolbarShows('', 'Agentlight: all quiet');
  await eventually(async () => (await browser.view())?.connection.state === 'live', 'the stream');
});

test('where nobody can say whether notifications are shown, the options let a person see', async () => {
  const browser = await openFirefox();
  const options = await browser.openPage('options.html');
  await options.click('button', 'Show one');
  await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
  expect(await browser.notifications()).toMatchObject([{ title: 'Notifications work' }]);
  await options.shows('You should see a notification. If not, check ');
});
