/** The whole of it: a service, agents hosted by the real command, and a browser that is paired with it. */
import type { Page } from 'playwright';
import type { PairingCode } from '../../protocol/wire/messages.ts';
import type { Client } from '../../protocol/client/client.ts';
import type { AgentSettings, CommandLine } from './command-line.ts';
import { startCommandLine, writeConfig } from './command-line.ts';
import type { ExtensionBrowser } from './extension-browser.ts';
import { openExtensionBrowser } from './extension-browser.ts';
import { eventually } from './eventually.ts';
import type { TestService } from './test-service.ts';
import { startTestService } from './test-service.ts';

/**
 * Types a fresh pairing code into the popup's first screen.
 *
 * @param client of whom it becomes the browser. @param url where the browser finds the service.
 */
export async function pair(
  service: TestService,
  popup: Page,
  client: Client = service.client,
  url = service.url,
): Promise<void> {
  const { code } = await client.request<PairingCode>('POST', '/v1/pairing-codes');
  await popup.getByRole('textbox', { name: 'Pairing code' }).fill(code.toLowerCase());
  await popup.getByRole('textbox', { name: 'Service address' }).fill(url);
  await popup.getByRole('button', { name: 'Connect' }).click();
  await popup.getByText(/^(Live|Updates every)/).waitFor();
}

export interface Paired {
  readonly service: TestService;
  readonly browser: ExtensionBrowser;
  readonly popup: Page;
  /** See `hostAgents`. */
  host(agents: Readonly<Record<string, AgentSettings>>): Promise<CommandLine>;
}

/** @param settings environment of the service. */
export async function startPaired(settings: Record<string, string> = {}): Promise<Paired> {
  const [service, browser] = await Promise.all([
    startTestService(settings),
    openExtensionBrowser(),
  ]);
  const popup = await browser.openPopup();
  await pair(service, popup);
  return {
    service,
    browser,
    popup,
    host: (agents) => hostAgents(service, agents),
  };
}

/** `agentlight up`, with these agents; resolves when they are live. */
export async function hostAgents(
  service: TestService,
  agents: Readonly<Record<string, AgentSettings>>,
): Promise<CommandLine> {
  const runner = startCommandLine(['up', '--config', writeConfig(agents)], service.env);
  for (const id of Object.keys(agents)) await service.whenAgent(id, 'live');
  return runner;
}

/** Does what the popup closes with, maybe before the key or the button is up again. */
export async function leave(popup: Page, act: () => Promise<void>): Promise<void> {
  await act().catch((error: unknown) => {
    if (!popup.isClosed()) throw error;
  });
}

/** Does what opens a page in a new tab. */
export async function openPageFrom(
  popup: Page,
  { context }: ExtensionBrowser,
  act: () => Promise<void>,
): Promise<Page> {
  const [page] = await Promise.all([context.waitForEvent('page'), leave(popup, act)]);
  return page;
}

/** A popup in which nobody looks: what happens while it is closed is news. */
export async function closePopup({ popup }: Pick<Paired, 'popup'>): Promise<void> {
  await popup.close();
  await eventually(() => popup.isClosed(), 'the popup to be closed');
}
