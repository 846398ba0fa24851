/** The popup in the browser's own window: how large it is there, and that nothing of it is cut off. */
import type { Locator, Page } from 'playwright';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import type { Paired } from '../support/paired.ts';
import { closePopup, startPaired } from '../support/paired.ts';

declare const chrome: {
  readonly tabs: {
    getCurrent(): Promise<{ id: number }>;
    setZoom(tab: number, factor: number): Promise<void>;
  };
};

/** More than there is room for. */
const IDLE_AGENTS = 30;

async function startWithAgents(): Promise<Paired> {
  const world = await startPaired();
  const { client } = world.service;
  const ids = Array.from({ length: IDLE_AGENTS }, (_, n) => `agent-${n + 1}`);
  await Promise.all(
    ['broken', ...ids].map((id) =>
      client.registerAgent(id, { name: id, capabilities: ['run', 'cancel', 'pause'] }),
    ),
  );
  const run = uuidv7();
  const events = [
    { type: 'run.started', agent: 'broken', run },
    { type: 'run.failed', agent: 'broken', run, data: { reason: 'exit', message: 'no' } },
  ];
  await client.report(JSON.stringify({ events }));
  await world.popup.getByRole('list', { name: 'Failed' }).getByText('broken').waitFor();
  await world.popup.getByRole('heading', { name: `Idle ${IDLE_AGENTS}` }).waitFor();
  return world;
}

const sizeOf = (page: Page) => page.evaluate(() => [window.innerWidth, window.innerHeight]);

async function expectInSight(...parts: readonly Locator[]): Promise<void> {
  for (const part of parts) {
    await part.waitFor();
    const [left, top, right, bottom] = await part.evaluate((element) => {
      const box = element.getBoundingClientRect();
      return [box.left, box.top, window.innerWidth - box.right, window.innerHeight - box.bottom];
    });
    for (const room of [left, top, right, bottom]) expect(room).toBeGreaterThanOrEqual(-0.5);
  }
}

/** Nothing scrolls but the list, and that only up and down. */
async function expectOneScrollBar(page: Page): Promise<void> {
  const scrolling = await page.evaluate(() => {
    const scrolls = (style: string) => ['auto', 'scroll'].includes(style);
    const { innerWidth, innerHeight } = window;
    const { clientWidth, clientHeight } = document.documentElement;
    return [...document.querySelectorAll('#app, #app *')]
      .flatMap((element) => {
        const { overflowX, overflowY } = getComputedStyle(element);
        const isWide = scrolls(overflowX) && element.scrollWidth > element.clientWidth;
        const isHigh = scrolls(overflowY) && element.scrollHeight > element.clientHeight;
        const { tagName } = element;
        return [...(isWide ? [`${tagName} sideways`] : []), ...(isHigh ? [tagName] : [])];
      })
      .concat(innerWidth > clientWidth || innerHeight > clientHeight ? ['the window'] : []);
  });
  expect(scrolling).toEqual(['MAIN']);
}

/** From the counts to the state of the connection. */
async function expectWhole(page: Page): Promise<void> {
  const firstRow = page.getByRole('listitem').first();
  await expectInSight(page.getByRole('banner'), firstRow, page.getByRole('contentinfo'));
  await expectOneScrollBar(page);
}

test('it is 400 by 560, at every zoom of the extension’s pages', async () => {
  const world = await startWithAgents();
  expect(await sizeOf(world.popup)).toEqual([400, 560]);
  await expectWhole(world.popup);
  await closePopup(world);
  const options = await world.browser.openPage('options.html');
  for (const zoom of [0.75, 1.25, 1.5, 2]) {
    await options.evaluate(async (factor) => {
      await chrome.tabs.setZoom((await chrome.tabs.getCurrent()).id, factor);
    }, zoom);
    const popup = await world.browser.openPopup();
    expect([zoom, ...(await sizeOf(popup))]).toEqual([zoom, 400, 560]);
    await expectWhole(popup);
    await closePopup({ popup });
  }
});

test('at the zoom that a person has chosen for everything it is as high as the browser lets it be', async () => {
  const world = await startWithAgents();
  await closePopup(world);
  for (const [zoom, height] of [
    ['75%', 560],
    ['125%', 480],
    ['150%', 400],
    ['175%', 343],
    ['200%', 300],
  ] as const) {
    await world.browser.setDefaultZoom(zoom);
    const popup = await world.browser.openPopup();
    expect([zoom, ...(await sizeOf(popup))]).toEqual([zoom, 400, height]);
    await expectWhole(popup);
    await closePopup({ popup });
  }
  // the last is the narrowest: menus and dialogs have room, too
  const popup = await world.browser.openPopup();
  const rows = popup.getByRole('listitem');
  for (const row of [rows.first(), rows.nth(1)]) {
    await row.hover();
    await row.getByRole('button', { name: /^More for / }).click();
    const menu = popup.getByRole('menu');
    await expectInSight(menu);
    await menu.getByRole('menuitem').last().scrollIntoViewIfNeeded();
    await expectInSight(menu.getByRole('menuitem').last());
    await popup.keyboard.press('Escape');
  }
  await popup.keyboard.press('?');
  const dialog = popup.getByRole('dialog');
  await expectInSight(dialog);
  await dialog.getByRole('button').scrollIntoViewIfNeeded();
  await expectInSight(dialog.getByRole('button'));
}, 120_000);

test('in a tab, wide or narrow, and in a narrow side panel nothing is cut off', async () => {
  const world = await startWithAgents();
  const { browser } = world;
  const page = await browser.openPage('popup.html');
  await expectWhole(page);
  expect(await page.locator('#app').boundingBox()).toMatchObject({ width: 400, height: 560 });
  for (const [width, height] of [
    [500, 400],
    [400, 560],
    [320, 700],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expectWhole(page);
  }
  const panel = await browser.openPage('sidepanel.html');
  for (const [width, height] of [
    [360, 800],
    [240, 500],
    [180, 400],
  ] as const) {
    await panel.setViewportSize({ width, height });
    await expectWhole(panel);
  }
});
