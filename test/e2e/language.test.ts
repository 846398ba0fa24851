/** The extension speaks the browser's language, or the one that a person has chosen. */
import type { Page } from 'playwright';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { ALL_STORIES, ASKING_STORY, tell } from '../../scripts/pictures/screenshot-stories.ts';
import { eventually } from '../support/eventually.ts';
import type { ExtensionBrowser } from '../support/extension-browser.ts';
import { openExtensionBrowser } from '../support/extension-browser.ts';
import { closePopup, openPageFrom } from '../support/paired.ts';
import type { TestService } from '../support/test-service.ts';
import { startTestService } from '../support/test-service.ts';

declare const chrome: {
  readonly runtime: { sendMessage(message: object): Promise<unknown> };
  readonly i18n: { getMessage(key: string): string };
};

async function ask(page: Page, message: object): Promise<void> {
  await page.evaluate((sent) => chrome.runtime.sendMessage(sent), message);
}

interface World {
  readonly browser: ExtensionBrowser;
  readonly service: TestService;
  readonly popup: Page;
}

async function startIn(locale: string): Promise<World> {
  const [service, browser] = await Promise.all([
    startTestService(),
    openExtensionBrowser({ locale }),
  ]);
  const popup = await browser.openPopup();
  const { url, env } = service;
  await ask(popup, { type: 'connect', url, token: env['AGENTLIGHT_TOKEN'] });
  await popup.getByText(/^Live/).waitFor();
  return { browser, service, popup };
}

async function fail({ service: { client } }: World): Promise<void> {
  const run = uuidv7();
  const events = [
    { type: 'run.started', agent: 'tests', run },
    { type: 'run.failed', agent: 'tests', run, data: { reason: 'exit', message: 'It broke.' } },
  ];
  await client.report(JSON.stringify({ events }));
}

/** Words and direction of a page are those of the language. */
async function languageOf(page: Page): Promise<object> {
  return page.evaluate(() => {
    const { lang, dir } = document.documentElement;
    return { lang, dir };
  });
}

/** What scrolls from side to side, but for long lines of what is no prose. */
async function tooWide(page: Page, dir: string): Promise<string[]> {
  return page.evaluate((wanted) => {
    document.documentElement.dir = wanted;
    return [...document.querySelectorAll('*')]
      .filter((element) => {
        const isScroller = ['auto', 'scroll'].includes(getComputedStyle(element).overflowX);
        const isPage = element === document.documentElement || element === document.body;
        if (element.matches('pre, textarea, [tabindex="0"]')) return false;
        return (isScroller || isPage) && element.scrollWidth > element.clientWidth;
      })
      .map(({ tagName, className }) => `${tagName} ${className}`);
  }, dir);
}

async function expectNarrow(page: Page, language: string): Promise<void> {
  await page.locator(`html[lang=${language}]`).waitFor();
  for (const dir of ['ltr', 'rtl']) {
    const where = [page.url(), language, dir];
    expect([...where, ...(await tooWide(page, dir))]).toEqual(where);
  }
}

test('in a German browser it speaks German, until English is chosen', async () => {
  const world = await startIn('de-DE');
  const { browser, service, popup } = world;
  await service.client.registerAgent('tests', { name: 'tests', capabilities: ['run'] });
  await popup.getByText('Noch nie gelaufen').waitFor();
  expect(await languageOf(popup)).toEqual({ lang: 'de', dir: 'ltr' });
  expect(await popup.getByRole('searchbox', { name: 'Agenten suchen' }).count()).toBe(1);
  expect(await popup.evaluate(() => chrome.i18n.getMessage('description'))).toContain(
    'Statuslicht',
  );

  await closePopup({ popup });
  const options = await browser.openPage('options.html');
  const told = await browser.recordNotifications();
  await fail(world);
  await eventually(async () => (await told()).length === 1, 'a notification');
  expect(await told()).toMatchObject([{ title: 'tests ist fehlgeschlagen' }]);
  expect(await browser.title()).toBe('Agentlight: 1 fehlgeschlagen');

  // where a person stands on the page they stay
  const chooser = options.getByLabel('Sprache');
  await chooser.focus();
  await chooser.selectOption('English');
  await options.getByRole('heading', { name: 'Quiet hours' }).waitFor();
  expect(await options.title()).toBe('Agentlight options');
  expect(await languageOf(options)).toEqual({ lang: 'en', dir: 'ltr' });
  expect(await options.evaluate(() => document.activeElement?.tagName)).toBe('SELECT');
  await eventually(
    async () => (await browser.title()) === 'Agentlight: 1 failed',
    'the toolbar to speak English',
  );
  const again = await browser.openPopup();
  await again.getByText('It broke.').waitFor();
  expect(await again.getByRole('heading', { name: 'Failed' }).count()).toBe(1);
});

test('another language than the browser speaks is there with the first thing that is seen', async () => {
  const { browser, popup } = await startIn('en-US');
  await ask(popup, { type: 'change', changes: { language: 'de' } });
  await popup.getByText('Noch keine Agenten.').waitFor();
  await closePopup({ popup });
  const again = await browser.openPopup();
  await again.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    new MutationObserver(() => seen.push(document.body?.innerText ?? '')).observe(document, {
      childList: true,
      subtree: true,
    });
  });
  await again.reload();
  await again.getByText('Noch keine Agenten.').waitFor();
  const seen = await again.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  expect(seen.join('\n')).not.toContain('No agents yet');
});

test('from right to left nothing is wider than the page', async () => {
  const world = await startIn('en-US');
  const { browser, popup, service } = world;
  const { url, client, env } = service;
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const token = env['AGENTLIGHT_TOKEN'] ?? '';
  for (const story of [ASKING_STORY, ...ALL_STORIES]) {
    await tell(story, { url, token, client, signal: abort.signal });
    await popup.getByText(story.name, { exact: true }).first().waitFor();
  }
  const languages = ['en', 'de'];
  for (const language of languages) {
    await ask(popup, { type: 'change', changes: { language } });
    await expectNarrow(popup, language);
  }
  const link = popup.locator('li[data-agent=nightly-e2e] a').first();
  const run = await openPageFrom(popup, browser, () => link.click());
  const options = await browser.openPage('options.html');
  for (const language of languages) {
    await ask(options, { type: 'change', changes: { language } });
    for (const page of [options, run]) {
      await page.setViewportSize({ width: 400, height: 600 });
      await page.getByRole('heading').first().waitFor();
      await expectNarrow(page, language);
    }
  }
});
