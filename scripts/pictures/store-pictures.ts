/** The pictures of docs/store/images, of the size that the stores of Chrome and Firefox ask for. */
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright';
import { ensureBrowser } from '../browser/browser.ts';

const FOLDER = 'docs/store/images';
const SIZE = { width: 1_280, height: 800 };

interface StorePicture {
  readonly name: string;
  readonly caption: string;
  /** Name of the picture of the window. */
  readonly of: string;
}

const PICTURES: readonly StorePicture[] = [
  { name: '1-overview', caption: 'All your agents, one glance away', of: 'light' },
  { name: '2-failed', caption: 'Hear of a failure when it happens', of: 'failed' },
  { name: '3-running', caption: 'Run and Cancel without a terminal', of: 'running' },
  { name: '4-disconnected', caption: 'It never shows what it does not know', of: 'disconnected' },
  { name: '5-pairing', caption: 'Set up with one code', of: 'pairing' },
];

/** @param windows PNGs of the browser's window by name, twice the size of a store's picture. */
export async function takeStorePictures(windows: ReadonlyMap<string, Buffer>): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(console.log),
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const page = await browser.newPage({ viewport: SIZE });
    for (const { name, caption, of } of PICTURES) {
      const png = windows.get(of)?.toString('base64');
      await page.setContent(`<style>
        body { display: grid; grid-template-rows: auto 1fr; justify-items: center; height: 100vh; margin: 0;
          box-sizing: border-box; padding: 28px 0 0; font: 600 40px system-ui, sans-serif; color: #1c2024;
          background: #d3d8e6; overflow: hidden; }
        img { width: 1120px; margin-top: 24px; border-radius: 12px 12px 0 0; box-shadow: 0 12px 40px #0004; }
      </style>${caption}<img src="data:image/png;base64,${png}">`);
      await page.screenshot({ path: `${FOLDER}/${name}.png` });
    }
  } finally {
    await browser.close();
  }
}
