/** Every page looks, in every state, as somebody has found it good: light and dark, and at 200 %. */
import type { Page } from 'playwright';
import type { TestContext } from 'vitest';
import { onTestFinished, test } from 'vitest';
import type { Story } from '../../scripts/pictures/screenshot-stories.ts';
import {
  ALL_STORIES,
  ASKING_STORY,
  TRAINING_STORY,
  tell,
} from '../../scripts/pictures/screenshot-stories.ts';
import { eventually } from '../support/eventually.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { pair } from '../support/paired.ts';
import { expectPicture, whyNotComparable } from '../support/pictures.ts';
import type { TestService } from '../support/test-service.ts';
import { startTestService } from '../support/test-service.ts';

declare const chrome: {
  readonly runtime: { sendMessage(message: object): Promise<unknown> };
};

const PARAMETERS = {
  type: 'object',
  required: ['path'],
  properties: {
    path: { type: 'string', title: 'Path', description: 'A folder or a file.' },
    fix: { type: 'boolean', title: 'Mend what can be mended' },
    level: { title: 'Level', enum: ['error', 'warning', 'hint'] },
    workers: { type: 'integer', title: 'Workers', minimum: 1, maximum: 16, default: 4 },
  },
};

/** The service would not believe in another day. Pages stay at this moment. */
const NOW_MS = Date.now();
/** What they show of the time since a story changes only half a second later. */
const STORIES_MS = NOW_MS - 500;

interface Look {
  /** Selector of what the picture leaves out, beside addresses. */
  readonly without?: string;
  readonly whole?: boolean;
}

interface Sight {
  readonly page: Page;
  /** Light and dark. */
  look(name: string, look?: Look): Promise<void>;
  lookOnce(name: string, look?: Look): Promise<void>;
  /** In the room that is left at a zoom of 200 %. */
  lookClosely(name: string, look?: Look): Promise<void>;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of the day, and how they are told next to a plot; in British English they are all of the same length. */
const MOMENTS = 'dd time, a > time, figcaption > span';

const POPUP = { width: 400, height: 560 };
/** Browsers let it be 600 pixels high, and its own width is kept. */
const POPUP_AT_200 = { width: 400, height: 300 };

async function sightOf(
  page: Page,
  size: Size,
  sizeAt200: Size = { width: size.width / 2, height: size.height / 2 },
): Promise<Sight> {
  await page.setViewportSize(size);
  const take = async (name: string, colorScheme: 'light' | 'dark', look: Look = {}) => {
    const { without, ...options } = look;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.mouse.move(0, 0);
    const addresses = page.getByText(/127\.0\.0\.1:\d+/);
    const mask = [addresses, ...(without === undefined ? [] : [page.locator(without)])];
    await expectPicture(page, name, { ...options, mask });
  };
  return {
    page,
    async look(name, look) {
      await take(`${name}-light`, 'light', look);
      await take(`${name}-dark`, 'dark', look);
    },
    lookOnce: (name, look) => take(name, 'light', look),
    async lookClosely(name, look) {
      await page.setViewportSize(sizeAt200);
      await take(`${name}-200-light`, 'light', look);
      await take(`${name}-200-dark`, 'dark', look);
      await page.setViewportSize(size);
    },
  };
}

/** A browser whose pages stand still, and a service. */
async function openStill(skip: TestContext['skip']) {
  const browser = await openExtensionBrowser({ locale: 'en-GB', timezoneId: timezoneAtNoon() });
  await browser.context.clock.setFixedTime(NOW_MS);
  const why = await whyNotComparable(await browser.openPage('icon/16.png'));
  if (why !== undefined) skip(why);
  const service = await startTestService();
  const popup = await sightOf(await browser.openPopup(), POPUP, POPUP_AT_200);
  return { browser, service, popup };
}

/** Where it is about noon: all of a story is of the same day, whenever this runs. */
function timezoneAtNoon(): string {
  const eastHours = 12 - new Date(NOW_MS).getUTCHours();
  // POSIX counts to the west
  return `Etc/GMT${eastHours > 0 ? '-' : '+'}${Math.abs(eastHours)}`;
}

async function tellAll(
  service: TestService,
  popup: Page,
  stories: readonly Story[],
): Promise<void> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const { url, client, env } = service;
  const token = env['AGENTLIGHT_TOKEN'] ?? '';
  for (const story of stories) {
    await tell(story, { url, token, client, signal: abort.signal, nowMs: STORIES_MS });
    await popup.getByText(story.name, { exact: true }).first().waitFor();
  }
}

test('the popup', async ({ skip }) => {
  const { service, popup } = await openStill(skip);
  const { page, look, lookClosely } = popup;
  await page.getByRole('textbox', { name: 'Pairing code' }).waitFor();
  await look('popup-pairing');
  await pair(service, page);
  await page.getByText('No agents yet').waitFor();
  await look('popup-empty');
  await tellAll(service, page, [ASKING_STORY, ...ALL_STORIES]);
  await look('popup');
  await lookClosely('popup');
  const row = page.getByRole('listitem').filter({ hasText: 'Nightly e2e' });
  await row.focus();
  await look('popup-focus');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await look('popup-help');
  await page.keyboard.press('Escape');
  await row.getByRole('button', { name: 'More for Nightly e2e' }).click();
  await page.getByRole('menu').waitFor();
  await look('popup-menu');
  await page.keyboard.press('Escape');
  await row.focus();
  await page.keyboard.press('m');
  await page.getByRole('button', { name: 'Undo: Muted Nightly e2e' }).waitFor();
  await look('popup-undo');
  await page.keyboard.press('z');
  await page.getByRole('button', { name: 'Group by' }).click();
  await page.getByRole('menuitemradio', { name: 'Machine' }).click();
  await page.getByRole('button', { name: /^mira/ }).click();
  await page.getByRole('button', { name: /^mira/, expanded: false }).waitFor();
  await look('popup-groups');
  await service.stop();
  await page.getByText(/Nothing answers/).waitFor();
  // when it will be tried again
  await look('popup-cut-off', { without: 'footer span > span' });
});

test('the popup with a form, in little room, in German and from right to left', async ({
  skip,
}) => {
  const { browser, service, popup } = await openStill(skip);
  const { page, look, lookOnce } = popup;
  await pair(service, page);
  await tellAll(service, page, [ASKING_STORY, ...ALL_STORIES]);
  const change = (changes: object) =>
    page.evaluate((sent) => chrome.runtime.sendMessage({ type: 'change', changes: sent }), changes);
  await change({ density: 'compact' });
  await page.locator('html[data-density=compact]').waitFor();
  await lookOnce('popup-compact');
  await change({ density: 'comfortable', language: 'de' });
  await page.locator('html[lang=de]').waitFor();
  await lookOnce('popup-german');
  await change({ language: 'en' });
  await page.locator('html[lang=en]').waitFor();
  await page.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  await lookOnce('popup-rtl');
  await page.reload();
  await service.client.request('PUT', '/v1/agents/lint-watch', {
    body: { name: 'Lint', host: 'mira', capabilities: ['run', 'cancel'], parameters: PARAMETERS },
  });
  await eventually(
    async () => (await browser.fleet())?.agents['lint-watch']?.parameters !== undefined,
    'the parameters',
  );
  await page.getByRole('listitem').filter({ hasText: 'Lint' }).focus();
  await page.keyboard.press('r');
  await page.getByRole('dialog').waitFor();
  await look('popup-form');
});

test('the page of a run, the history, the side panel and the options', async ({ skip }) => {
  const { browser, service, popup } = await openStill(skip);
  await pair(service, popup.page);
  await tellAll(service, popup.page, [TRAINING_STORY, ASKING_STORY, ...ALL_STORIES]);
  const opened = browser.context.waitForEvent('page');
  const link = { name: `Open the run of ${TRAINING_STORY.name}` };
  await popup.page.getByRole('link', link).first().click();
  const run = await sightOf(await opened, { width: 1_000, height: 420 });
  // locale, time zone and clock may reach a page that another has opened after it was drawn
  await run.page.reload();
  await run.page.getByText('one shard is empty').waitFor();
  for (const tab of await run.page.getByRole('tab').all()) {
    await tab.click();
    const name = (await tab.innerText()).split(/\W/)[0]?.toLowerCase();
    await run.look(`run-${name}`, { without: MOMENTS });
  }
  await run.page.getByRole('tab').first().click();
  await run.lookClosely('run', { without: MOMENTS });
  const historyUrl = new URL(run.page.url());
  historyUrl.searchParams.delete('run');
  historyUrl.searchParams.set('agent', 'nightly-e2e');
  await run.page.goto(historyUrl.href);
  await run.page.getByText('1 of 412 tests failed').waitFor();
  await run.look('history', { without: MOMENTS });
  await run.lookClosely('history', { without: MOMENTS });

  const panel = await sightOf(await browser.openPage('sidepanel.html'), {
    width: 360,
    height: 800,
  });
  await panel.page.getByText('Nightly e2e').first().waitFor();
  await panel.look('side-panel', { without: MOMENTS });
  await panel.lookClosely('side-panel', { without: MOMENTS });
  const options = await sightOf(await browser.openPage('options.html'), {
    width: 760,
    height: 860,
  });
  await options.page.getByText(/^Live/).waitFor();
  // times, versions and addresses
  const without = 'textarea';
  await options.look('options', { whole: true, without });
  await options.lookClosely('options', { whole: true, without });
});
