/**
 * `npm run icons`: the icons of the manifest and the stores, drawn by the function that draws the toolbar icon.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { chromium } from 'playwright';
import { ensureBrowser } from '../browser/browser.ts';

const SOURCE = 'extension/background/toolbar/icon.ts';
const FOLDER = 'extension/public/icon';
const SIZES_PX = [16, 32, 48, 96, 128];

const code = stripTypeScriptTypes(await readFile(SOURCE, 'utf8'));
const browser = await chromium.launch({
  executablePath: await ensureBrowser(console.log),
  chromiumSandbox: process.getuid?.() !== 0,
});
try {
  const page = await browser.newPage();
  await page.addScriptTag({ type: 'module', content: `${code}\nwindow.drawIcon = drawIcon;` });
  await page.waitForFunction('window.drawIcon');
  await mkdir(FOLDER, { recursive: true });
  for (const size of SIZES_PX) {
    const url = await page.evaluate<string>(`(() => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = ${size};
      drawIcon(canvas.getContext('2d'), 'running', ${size});
      return canvas.toDataURL('image/png');
    })()`);
    await writeFile(`${FOLDER}/${size}.png`, Buffer.from(url.split(',')[1] ?? '', 'base64'));
  }
} finally {
  await browser.close();
}
