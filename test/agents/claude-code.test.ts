/** An interactive session of the real Claude Code, and the extension in a real Chromium. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Locator, Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import type { Agent } from '../../protocol/fleet/fleet.ts';
import { statusOf } from '../../protocol/fleet/status.ts';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { eventually } from '../support/eventually.ts';
import { startPaired } from '../support/paired.ts';
import { openTerminal } from '../support/terminal.ts';
import type { TestService } from '../support/test-service.ts';
import { claudeHome } from './agent-home.ts';
import type { Turn } from './scripted-model.ts';

const TURNS: Turn[] = [{ shell: 'sleep 1; touch made.txt' }, { say: 'All done.' }];

async function startSession(turns = TURNS) {
  const world = await startPaired();
  const { service } = world;
  const { env, project } = await claudeHome(service, turns);
  const pidFile = join(project, '..', 'claude.pid');
  const line = ['sh', '-c', 'echo $$ > "$0"; exec claude "make a file"', pidFile];
  const terminal = openTerminal(line, env, project);
  const card = world.popup.getByRole('list', { name: 'Needs you' }).getByRole('listitem');
  return {
    ...world,
    terminal,
    card,
    /** Kills this session's program, and no other session that runs on this machine. */
    kill: () => process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL'),
    isMade: () => existsSync(join(project, 'made.txt')),
    agent: () => theAgent(service),
    whenStatus: (status: string) => whenStatus(service, status),
  };
}

async function theAgent({ client }: TestService): Promise<Agent | undefined> {
  const { fleet } = await client.request<Snapshot>('GET', '/v1/snapshot');
  return Object.values(fleet.agents)[0];
}

function whenStatus({ client }: TestService, status: string): Promise<Agent> {
  return eventually(
    async () => {
      const { fleet } = await client.request<Snapshot>('GET', '/v1/snapshot');
      const [agent] = Object.values(fleet.agents);
      return agent && statusOf(fleet, agent) === status && agent;
    },
    `the session to be ${status}`,
    30_000,
  );
}

/** The dialog of the terminal is on screen, and the same question in the popup takes an answer. */
async function whenAsked(card: Locator, screen: () => string): Promise<void> {
  await card.getByText('sleep 1; touch made.txt').waitFor();
  await eventually(() => shows(screen(), 'Do you want to proceed?'), 'the dialog', 10_000);
  await card.and(card.page().locator('[data-armed=true]')).waitFor();
}

/** Words on a screen are placed one by one: between them are movements instead of blanks. */
function shows(screen: string, words: string): boolean {
  const bare = (text: string) => stripVTControlCharacters(text).replace(/\s+/g, '');
  return bare(screen).includes(bare(words));
}

const press = (popup: Page, name: string) =>
  popup.getByRole('button', { name: `${name}: api-server` }).click();

describe('a permission', () => {
  test('that is given in the browser lets the tool run', async () => {
    const { browser, popup, card, terminal, isMade, whenStatus: when } = await startSession();
    await whenAsked(card, terminal.screen);
    expect(await browser.badge()).toBe('1');
    expect(isMade()).toBe(false);
    await press(popup, 'Approve');
    const agent = await when('succeeded');
    expect(isMade()).toBe(true);
    expect(agent.closedApprovals).toMatchObject([
      { outcome: 'resolved', choice: 'allow', by: 'owner', via: 'popup' },
    ]);
    await card.waitFor({ state: 'detached' });
  });

  test('that is refused in the browser keeps it from running', async () => {
    const { popup, card, terminal, isMade, whenStatus: when } = await startSession();
    await whenAsked(card, terminal.screen);
    await press(popup, 'Deny');
    await when('succeeded');
    expect(isMade()).toBe(false);
    await eventually(() => shows(terminal.screen(), 'Denied in the browser by owner'), 'the word');
  });

  test('that is given in the terminal first is over in the browser before the tool has ended', async () => {
    const turns: Turn[] = [{ shell: 'sleep 15; touch made.txt' }, { say: 'All done.' }];
    const { card, terminal, isMade, whenStatus: when } = await startSession(turns);
    await card.getByText('sleep 15; touch made.txt').waitFor();
    await eventually(() => shows(terminal.screen(), 'Do you want to proceed?'), 'the dialog');
    terminal.keyboard.write('1');
    await when('running');
    expect(isMade()).toBe(false);
    await card.waitFor({ state: 'detached' });
  });

  test.each([
    ['refused in the terminal', '3'],
    ['escaped from', '\u001b'],
  ])('that is %s is over in the browser, though no hook says so', async (_how, key) => {
    const { card, terminal, isMade, whenStatus: when } = await startSession();
    await whenAsked(card, terminal.screen);
    terminal.keyboard.write(key);
    await card.waitFor({ state: 'detached' });
    expect(isMade()).toBe(false);
    const agent = await when('cancelled');
    expect(agent.liveness).toBe('live');
  });

  test('notifies when nobody looks', async () => {
    const { browser, popup, card, whenStatus: when } = await startSession();
    await browser.context.newPage();
    await popup.close();
    await when('needs-approval');
    await eventually(async () => (await browser.notifications()).length === 1, 'a notification');
    const again = await browser.openPopup();
    await again.locator('[data-armed=true]').waitFor();
    await press(again, 'Approve');
    await when('succeeded');
    await eventually(async () => (await browser.notifications()).length === 0, 'none');
    expect(card).toBeDefined();
  });
});

test('a session that is killed is gone within seconds, and what it was doing has failed', async () => {
  const { terminal, card, agent, kill, whenStatus: when, service } = await startSession();
  await whenAsked(card, terminal.screen);
  const { id } = await when('needs-approval');
  await service.whenAgent(id, 'live');
  kill();
  await service.whenAgent(id, 'ended');
  expect((await agent())?.recent).toMatchObject([{ status: 'failed' }]);
  await card.waitFor({ state: 'detached' });
});
