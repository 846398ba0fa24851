/** The pictures of docs/store/images, of the size that the stores of Chrome and Firefox ask for. */
import { mkdir, readFile } from 'node:fs/promises';
import type { BrowserContext } from 'playwright';

const FOLDER = 'docs/store/images';
const SIZE = { width: 1280, height: 800 };

interface StorePicture {
  readonly name: string;
  readonly caption: string;
  /** Names of pictures of popups, side by side. */
  readonly of: readonly string[];
}

const PICTURES: readonly StorePicture[] = [
  {
    name: '1-overview',
    caption: 'All your agents, one glance away',
    of: ['popup-light', 'popup-dark'],
  },
  { name: '2-failed', caption: 'Hear of a failure when it happens', of: ['popup-failed'] },
  { name: '3-running', caption: 'Run and Cancel without a terminal', of: ['popup-running'] },
  {
    name: '4-disconnected',
    caption: 'It never shows what it does not know',
    of: ['popup-disconnected'],
  },
  { name: '5-pairing', caption: 'Set up with one code', of: ['popup-pairing'] },
];

/** @param from folder of the pictures of popups, 400 by 560 each. */
export async function takeStorePictures(context: BrowserContext, from: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const page = await context.newPage();
  await page.setViewportSize(SIZE);
  for (const { name, caption, of } of PICTURES) {
    const popups = await Promise.all(of.map((popup) => readFile(`${from}/${popup}.png`, 'base64')));
    const images = popups.map((png) => `<img src="data:image/png;base64,${png}">`);
    await page.setContent(`<style>
      body { display: grid; grid-template-rows: auto 1fr; justify-items: center; height: 100vh; margin: 0;
        box-sizing: border-box; padding: 44px 0 28px; font: 600 40px system-ui, sans-serif; color: #1c2024;
        background: #d3d8e6; }
      div { display: flex; gap: 48px; align-items: center; }
      img { width: 400px; border-radius: 12px; box-shadow: 0 12px 40px #0004; }
    </style>${caption}<div>${images.join('')}</div>`);
    // the stores take no other size, and so none for dense screens
    await page.screenshot({ path: `${FOLDER}/${name}.png`, scale: 'css' });
  }
  await page.close();
}
