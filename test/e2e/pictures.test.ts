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
import type { ExtensionBrowser } from '../support/extension-browser.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { openPageFrom, pair } from '../support/paired.ts';
import { pictureFonts } from '../support/picture-fonts.ts';
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

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of the day, and how they are told next to a plot; in British English they are all of the same length. */
const MOMENTS = 'dd time, a > time, figcaption > span';

async function lookOnce(
  page: Page,
  name: string,
  { without, ...options }: Look = {},
  colorScheme: 'light' | 'dark' = 'light',
): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.mouse.move(0, 0);
  const addresses = page.getByText(/127\.0\.0\.1:\d+/);
  const mask = [addresses, ...(without === undefined ? [] : [page.locator(without)])];
  await expectPicture(page, name, { ...options, mask });
}

/** Light and dark. */
async function look(page: Page, name: string, options?: Look): Promise<void> {
  await lookOnce(page, `${name}-light`, options, 'light');
  await lookOnce(page, `${name}-dark`, options, 'dark');
}

/** In the room that a tab has, and in what is left of it at a zoom of 200 %. */
async function lookTwice(
  page: Page,
  name: string,
  { width, height }: Size,
  options?: Look,
): Promise<void> {
  await page.setViewportSize({ width, height });
  await look(page, name, options);
  await lookClosely(page, name, { width, height }, options);
}

async function lookClosely(page: Page, name: string, { width, height }: Size, options?: Look) {
  await page.setViewportSize({ width: width / 2, height: height / 2 });
  await look(page, `${name}-200`, options);
  await page.setViewportSize({ width, height });
}

/** A browser whose pages stand still, and a service. */
async function openStill(skip: TestContext['skip']) {
  const browser = await openExtensionBrowser({
    locale: 'en-GB',
    timezoneId: timezoneAtNoon(),
    env: await pictureFonts(),
  });
  const why = await whyNotComparable(browser.context.browser()?.version());
  if (why !== undefined) skip(why);
  await browser.context.clock.setFixedTime(NOW_MS);
  return { browser, service: await startTestService() };
}

async function openStillPopup(browser: ExtensionBrowser): Promise<Page> {
  const popup = await browser.openPopup();
  await popup.clock.setFixedTime(NOW_MS);
  // from its first line on
  await popup.reload();
  return popup;
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
  const { browser, service } = await openStill(skip);
  const popup = await openStillPopup(browser);
  await popup.getByRole('textbox', { name: 'Pairing code' }).waitFor();
  await look(popup, 'popup-pairing');
  await pair(service, popup);
  await popup.getByText('No agents yet').waitFor();
  await look(popup, 'popup-empty');
  await tellAll(service, popup, [ASKING_STORY, ...ALL_STORIES]);
  await look(popup, 'popup');
  const row = popup.getByRole('listitem').filter({ hasText: 'Nightly e2e' });
  await row.focus();
  await look(popup, 'popup-focus');
  await popup.keyboard.press('?');
  await popup.getByRole('dialog').waitFor();
  await look(popup, 'popup-help');
  await popup.keyboard.press('Escape');
  await row.getByRole('button', { name: 'More for Nightly e2e' }).click();
  await popup.getByRole('menu').waitFor();
  await look(popup, 'popup-menu');
  await popup.keyboard.press('Escape');
  await row.focus();
  await popup.keyboard.press('m');
  await popup.getByRole('button', { name: 'Undo: Muted Nightly e2e' }).waitFor();
  await look(popup, 'popup-undo');
  await popup.keyboard.press('z');
  await popup.getByRole('button', { name: 'Group by' }).click();
  await popup.getByRole('menuitemradio', { name: 'Machine' }).click();
  await popup.getByRole('button', { name: /^mira/ }).click();
  await popup.getByRole('button', { name: /^mira/, expanded: false }).waitFor();
  await look(popup, 'popup-groups');
  await service.stop();
  await popup.getByText(/Nothing answers/).waitFor();
  // when it will be tried again
  await look(popup, 'popup-cut-off', { without: 'footer span > span' });
});

// in a tab of that size: of a page that is zoomed, Playwright takes a picture of a quarter
test('the popup in the room that it has at a zoom of 200 %', async ({ skip }) => {
  const { browser, service } = await openStill(skip);
  const page = await browser.openPage('popup.html');
  await page.setViewportSize({ width: 400, height: 300 });
  await pair(service, page);
  await tellAll(service, page, [ASKING_STORY, ...ALL_STORIES]);
  await look(page, 'popup-200');
});

test('the popup with a form, in little room, in German and from right to left', async ({
  skip,
}) => {
  const { browser, service } = await openStill(skip);
  const popup = await openStillPopup(browser);
  await pair(service, popup);
  await tellAll(service, popup, [ASKING_STORY, ...ALL_STORIES]);
  const change = (changes: object) =>
    popup.evaluate(
      (sent) => chrome.runtime.sendMessage({ type: 'change', changes: sent }),
      changes,
    );
  await change({ density: 'compact' });
  await popup.locator('html[data-density=compact]').waitFor();
  await lookOnce(popup, 'popup-compact');
  await change({ density: 'comfortable', language: 'de' });
  await popup.locator('html[lang=de]').waitFor();
  await lookOnce(popup, 'popup-german');
  await change({ language: 'en' });
  await popup.locator('html[lang=en]').waitFor();
  await popup.evaluate(() => {
    document.documentElement.dir = 'rtl';
  });
  await lookOnce(popup, 'popup-rtl');
  await popup.reload();
  await service.client.request('PUT', '/v1/agents/lint-watch', {
    body: { name: 'Lint', host: 'mira', capabilities: ['run', 'cancel'], parameters: PARAMETERS },
  });
  await eventually(
    async () => (await browser.fleet())?.agents['lint-watch']?.parameters !== undefined,
    'the parameters',
  );
  await popup.getByRole('listitem').filter({ hasText: 'Lint' }).focus();
  await popup.keyboard.press('r');
  await popup.getByRole('dialog').waitFor();
  await look(popup, 'popup-form');
});

test('the page of a run, the history, the side panel and the options', async ({ skip }) => {
  const { browser, service } = await openStill(skip);
  const popup = await openStillPopup(browser);
  await pair(service, popup);
  await tellAll(service, popup, [TRAINING_STORY, ASKING_STORY, ...ALL_STORIES]);
  const name = `Open the run of ${TRAINING_STORY.name}`;
  const link = popup.getByRole('link', { name }).first();
  const run = await openPageFrom(popup, browser, () => link.click());
  const runSize = { width: 1_000, height: 420 };
  await run.setViewportSize(runSize);
  // locale, time zone and clock may reach a page that another has opened after it was drawn
  await run.reload();
  await run.getByText('one shard is empty').waitFor();
  for (const tab of await run.getByRole('tab').all()) {
    await tab.click();
    const word = (await tab.innerText()).split(/\W/)[0]?.toLowerCase();
    await look(run, `run-${word}`, { without: MOMENTS });
  }
  await run.getByRole('tab').first().click();
  await lookClosely(run, 'run', runSize, { without: MOMENTS });
  const historyUrl = new URL(run.url());
  historyUrl.searchParams.delete('run');
  historyUrl.searchParams.set('agent', 'nightly-e2e');
  await run.goto(historyUrl.href);
  await run.getByText('1 of 412 tests failed').waitFor();
  await lookTwice(run, 'history', runSize, { without: MOMENTS });

  const panel = await browser.openPage('sidepanel.html');
  await panel.getByText('Nightly e2e').first().waitFor();
  await lookTwice(panel, 'side-panel', { width: 360, height: 800 }, { without: MOMENTS });
  const options = await browser.openPage('options.html');
  await options.getByText(/^Live/).waitFor();
  // times, versions and addresses
  const without = 'textarea';
  await lookTwice(options, 'options', { width: 760, height: 860 }, { whole: true, without });
}, 180_000);
