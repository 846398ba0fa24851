/** The whole of it: a service, agents hosted by the real command, and a Firefox that is paired with it. */
import type { PairingCode } from '../../protocol/wire/messages.ts';
import type { AgentSettings, CommandLine } from './command-line.ts';
import type { FirefoxBrowser } from './firefox-browser.ts';
import { openFirefox } from './firefox-browser.ts';
import type { FirefoxPage } from './firefox-page.ts';
import { hostAgents } from './paired.ts';
import type { TestService } from './test-service.ts';
import { startTestService } from './test-service.ts';

export interface PairedFirefox {
  readonly service: TestService;
  readonly browser: FirefoxBrowser;
  readonly popup: FirefoxPage;
  /** See `hostAgents`. */
  host(agents: Readonly<Record<string, AgentSettings>>): Promise<CommandLine>;
}

/** @param settings environment of the service. */
export async function startPairedFirefox(
  settings: Record<string, string> = {},
): Promise<PairedFirefox> {
  const [service, browser] = await Promise.all([startTestService(settings), openFirefox()]);
  const popup = await browser.openPopup();
  await pairFirefox(service, popup);
  return { service, browser, popup, host: (agents) => hostAgents(service, agents) };
}

/** Types a fresh pairing code into the popup's first screen. @param url where the browser finds the service. */
export async function pairFirefox(
  service: TestService,
  popup: FirefoxPage,
  url = service.url,
): Promise<void> {
  const { code } = await service.client.request<PairingCode>('POST', '/v1/pairing-codes');
  await popup.fill('Pairing code', code.toLowerCase());
  await popup.fill('Service address', url);
  await popup.click('button', 'Connect');
  await popup.shows('Live');
}
