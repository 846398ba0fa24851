/** The popup in the browser's own window: how large it is there, and that nothing of it is cut off. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { FirefoxPopup } from '../support/firefox-browser.ts';
import { startPairedFirefox } from '../support/paired-firefox.ts';

/** More than there is room for. */
const AGENTS = 15;

/** Of what can be seen, and how far the popup is above the lower edge of the screen. */
interface Sight {
  readonly size: readonly [width: number, height: number];
  /** Agent of the first row, if all of that and of the header and the footer is in sight. */
  readonly first: string | false;
  readonly hasScrollBar: boolean;
  readonly roomBelow: number;
}

const LOOK = `
  const { innerWidth, innerHeight, screen, mozInnerScreenY } = window;
  const isInSight = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    // pixels of the screen are no whole pixels of the page
    return Math.min(left, top, innerWidth - right, innerHeight - bottom) > -0.5;
  };
  const row = document.querySelector('li[data-agent]');
  const parts = [row, document.querySelector('header'), document.querySelector('footer')];
  return {
    size: [innerWidth, innerHeight],
    first: parts.every((part) => part && isInSight(part)) && row.dataset.agent,
    hasScrollBar: innerWidth > document.documentElement.clientWidth,
    roomBelow: screen.availTop + screen.availHeight - mozInnerScreenY - innerHeight,
  };`;

async function expectSize(popup: FirefoxPopup, height: number): Promise<void> {
  const sight = await eventually(async () => {
    const now = await popup.run<Sight>(LOOK);
    return now.first !== false && now.size[1] === height && now;
  }, `the popup to be ${height} high, with its first row`);
  expect(sight).toMatchObject({ size: [400, height], first: 'agent-1', hasScrollBar: false });
  expect(sight.roomBelow).toBeGreaterThan(-0.5);
  await popup.close();
}

async function startWithAgents() {
  const world = await startPairedFirefox();
  const ids = Array.from({ length: AGENTS }, (_, n) => `agent-${n + 1}`);
  const { client } = world.service;
  await Promise.all(ids.map((id) => client.registerAgent(id, { name: id, capabilities: ['run'] })));
  await eventually(async () => {
    const { agents = {} } = (await world.browser.view())?.fleet ?? {};
    return Object.keys(agents).length === AGENTS;
  }, 'all agents to be there');
  await world.popup.close();
  return world;
}

test('it is 400 by 560, at every zoom of the extension’s pages', async () => {
  const { browser } = await startWithAgents();
  for (const zoom of [1, 1.25, 1.5, 2]) {
    await browser.zoomPages(zoom);
    await expectSize(await browser.openToolbarPopup(), 560);
  }
});

test('on a screen that has no room for so much it is lower, and not cut off', async () => {
  const { browser } = await startWithAgents();
  for (const [scale, height] of [
    [1.25, 400],
    [1.5, 260],
    [2, 260],
  ] as const) {
    await browser.scaleScreen(scale);
    await expectSize(await browser.openToolbarPopup(), height);
  }
});
