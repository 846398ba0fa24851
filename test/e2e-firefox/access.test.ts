import { expect, test } from 'vitest';
import { openFirefox } from '../support/firefox-browser.ts';
import { pairFirefox } from '../support/paired-firefox.ts';
import { startTestService } from '../support/test-service.ts';

const THIS_MACHINE = { origins: ['http://127.0.0.1/*'] };

test('whoever has taken back the access to this machine is asked for it when they connect', async () => {
  const service = await startTestService();
  const browser = await openFirefox();
  await browser.allowEverything();
  const popup = await browser.openPopup();
  const hasAccess = () => popup.run('return browser.permissions.contains(args[0])', [THIS_MACHINE]);
  expect(await hasAccess()).toBe(true);
  await popup.run('return browser.permissions.remove(args[0])', [THIS_MACHINE]);
  expect(await hasAccess()).toBe(false);
  await pairFirefox(service, popup);
  expect(await hasAccess()).toBe(true);
});
