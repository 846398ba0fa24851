/** A proxy between the browser and the service that holds streams back. */
import { test } from 'vitest';
import { startBufferingProxy } from '../support/buffering-proxy.ts';
import { startCommandLine } from '../support/command-line.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { pair } from '../support/paired.ts';
import { startTestService } from '../support/test-service.ts';

test('what is new is asked for, and said to be so', async () => {
  const [service, browser] = await Promise.all([startTestService(), openExtensionBrowser()]);
  const proxy = await startBufferingProxy(service.url);
  const popup = await browser.openPopup();
  popup.setDefaultTimeout(30_000);
  await pair(service, popup, service.client, proxy.url);
  await popup.getByText('Updates every 3 s: a proxy holds back the stream').waitFor();
  await startCommandLine(['run', '--name', 'Build', '--', 'false'], service.env).ended;
  await popup.getByRole('list', { name: 'Failed' }).getByText('Build').waitFor();
}, 60_000);
