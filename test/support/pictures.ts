/**
 * Pictures of pages, compared with those that somebody has looked at and found good (test/e2e/pictures).
 *
 * They can be compared where the system draws text with the fonts of `pictureFonts`, and where the browser's major
 * version is that of the accepted pictures.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Locator, Page } from 'playwright';
import { PNG } from 'pngjs';
import { expect } from 'vitest';

const FOLDER = 'test/e2e/pictures';
const MADE_ON = join(FOLDER, 'made-on.json');
const RESULTS = 'test-results/pictures';

/** Set to anything, pictures are replaced instead of compared. */
const isAccepting = process.env['AGENTLIGHT_ACCEPT_PICTURES'] !== undefined;

/** Difference of a pixel's colour that can be seen, from 0 to 1. */
const PIXEL_THRESHOLD = 0.02;
/** Fewer than a dot or a line of a few letters has; smoothed edges don't count. */
const MAX_DIFFERENT_PIXELS = 12;

const SAME = 'the same';
const HOW_TO_ACCEPT = 'If it is right: AGENTLIGHT_ACCEPT_PICTURES=1 npm test -- pictures';

/** Begins a set of pictures: says whether they can be compared here, and if not, why. */
export async function whyNotComparable(browserVersion = ''): Promise<string | undefined> {
  const here = { system: process.platform, chromium: browserVersion.split('.')[0] };
  if (isAccepting) {
    await mkdir(FOLDER, { recursive: true });
    await writeFile(MADE_ON, `${JSON.stringify(here, undefined, 2)}\n`);
    return undefined;
  }
  const madeOn = await readFile(MADE_ON, 'utf8');
  if (JSON.stringify(JSON.parse(madeOn)) === JSON.stringify(here)) return undefined;
  return `The pictures were made on ${madeOn.trim()}, this is ${JSON.stringify(here)}.`;
}

interface PictureOptions {
  /** What is another each time, such as an address with a port. */
  readonly mask?: Locator[];
  /** Not only what is in sight. Default: false. */
  readonly whole?: boolean;
}

/**
 * Fails the test, which goes on, when the page does not look as in the accepted picture. What it looks like, and where it
 * differs, is in the folder test-results then.
 */
export async function expectPicture(
  page: Page,
  name: string,
  { mask = [], whole = false }: PictureOptions = {},
): Promise<void> {
  const file = join(FOLDER, `${name}.png`);
  const taken = await page.screenshot({
    mask,
    maskColor: '#888888',
    fullPage: whole,
    animations: 'disabled',
    caret: 'hide',
  });
  if (isAccepting) {
    await writeFile(file, taken);
    return;
  }
  const accepted = await readFile(file).catch(() => undefined);
  const { words, picture } = accepted ? differenceOf(accepted, taken) : { words: 'no picture yet' };
  if (words === SAME) return;
  await mkdir(RESULTS, { recursive: true });
  await writeFile(join(RESULTS, `${name}.png`), taken);
  if (picture) await writeFile(join(RESULTS, `${name}.diff.png`), picture);
  expect
    .soft(words, `${name}: compare ${RESULTS}/${name}.png with ${file}. ${HOW_TO_ACCEPT}`)
    .toBe(SAME);
}

interface Difference {
  readonly words: string;
  readonly picture?: Buffer;
}

function differenceOf(accepted: Buffer, taken: Buffer): Difference {
  const [before, now] = [PNG.sync.read(accepted), PNG.sync.read(taken)];
  const { width, height } = now;
  if (before.width !== width || before.height !== height) {
    return { words: `${width} × ${height} instead of ${before.width} × ${before.height}` };
  }
  const diff = new PNG({ width, height });
  const options = { threshold: PIXEL_THRESHOLD };
  const pixels = pixelmatch(before.data, now.data, diff.data, width, height, options);
  if (pixels <= MAX_DIFFERENT_PIXELS) return { words: SAME };
  return { words: `${pixels} pixels differ`, picture: PNG.sync.write(diff) };
}
