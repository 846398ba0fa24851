/**
 * `npm run screenshots`: the pictures in docs/images and docs/store/images, of the real extension on a real service
 * that agents have reported to.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Page } from 'playwright';
import type { PairingCode } from '../../protocol/wire/messages.ts';
import { readConfig } from '../../service/config.ts';
import { Client } from '../../protocol/client/client.ts';
import { startService } from '../../service/service.ts';
import { launchWithExtension } from '../browser/extension-browser.ts';
import { buildForChrome } from '../browser/extension-build.ts';
import type { Story } from './screenshot-stories.ts';
import {
  ALL_STORIES,
  ASKING_STORY,
  RUNNING_STORIES,
  TRAINING_STORY,
  tell,
} from './screenshot-stories.ts';
import { takeStorePictures } from './store-pictures.ts';

const FOLDER = 'docs/images';
const TOKEN = randomUUID() + randomUUID();

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-pictures-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
await buildForChrome();
await mkdir(FOLDER, { recursive: true });
const { context, urlOf } = await launchWithExtension({
  profileDir: join(dir, 'profile'),
  deviceScaleFactor: 2,
  locale: 'en-GB',
});
closing.defer(() => context.close());

await takePairing();
await take('empty', [], ['light']);
await take('running', RUNNING_STORIES, ['light']);
await take('failed', ALL_STORIES.slice(0, 2), ['light']);
await takeRun();
await takeMain();
await takeStorePictures(context, FOLDER);

/** A service with the stories told, and a page that is paired with it. */
async function openPaired(stories: readonly Story[]) {
  const opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(dir, 'service-'));
  const config = readConfig({ port: 0, dataDir }, { AGENTLIGHT_OWNER_TOKEN: TOKEN });
  const service = await startService(config, pino({ level: 'silent' }));
  opened.defer(() => service.stop());
  const client = new Client({ url: service.url, token: TOKEN });
  const abort = new AbortController();
  opened.defer(() => abort.abort());
  const { code } = await client.request<PairingCode>('POST', '/v1/pairing-codes');
  const page = await openPage('popup.html');
  await page.getByRole('textbox', { name: 'Pairing code' }).fill(code);
  await page.getByRole('textbox', { name: 'Service address' }).fill(service.url);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Live').waitFor();
  for (const story of stories)
    await tell(story, { url: service.url, token: TOKEN, client, signal: abort.signal });
  for (const { name } of stories) await page.getByText(name, { exact: true }).waitFor();
  return { page, service, opened };
}

async function take(
  name: string,
  stories: readonly Story[],
  schemes: readonly ('light' | 'dark')[],
) {
  const { page, opened } = await openPaired(stories);
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await shoot(page, schemes.length > 1 ? `popup-${colorScheme}` : `popup-${name}`);
  }
  await forget(page);
  await opened.disposeAsync();
}

/** Light, dark, side by side, the options, and what is left when the service goes away. */
async function takeMain() {
  const { page, service, opened } = await openPaired([ASKING_STORY, ...ALL_STORIES]);
  await page.getByRole('listitem').filter({ hasText: 'refactor-auth' }).focus();
  const pictures: Buffer[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    pictures.push(await shoot(page, `popup-${colorScheme}`));
  }
  await takeHero(pictures);
  const options = await openPage('options.html');
  await options.setViewportSize({ width: 760, height: 860 });
  await options.getByText('Live').waitFor();
  await options.screenshot({ path: `${FOLDER}/options.png` });
  await options.close();
  await page.bringToFront();
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await service.stop();
  await page.getByText(/Nothing answers/).waitFor();
  await shoot(page, 'popup-disconnected');
  await opened.disposeAsync();
}

/** The page of a run that goes on. */
async function takeRun() {
  const { page, opened } = await openPaired([TRAINING_STORY]);
  const opening = context.waitForEvent('page');
  await page
    .getByRole('link', { name: `Open the run of ${TRAINING_STORY.name}` })
    .first()
    .click();
  const run = await opening;
  // the locale may reach a page that another has opened after it was drawn
  await run.reload();
  await run.setViewportSize({ width: 1_000, height: 340 });
  await run.getByText('one shard is empty').waitFor();
  await shoot(run, 'run');
  await run.close();
  await forget(page);
  await opened.disposeAsync();
}

async function takePairing() {
  const page = await openPage('popup.html');
  await page.getByRole('button', { name: 'Connect' }).waitFor();
  await shoot(page, 'popup-pairing');
  await page.close();
}

async function takeHero(pictures: readonly Buffer[]) {
  const page = await context.newPage();
  await page.setViewportSize({ width: 900, height: 640 });
  const images = pictures
    .map((png) => `<img src="data:image/png;base64,${png.toString('base64')}">`)
    .join('');
  await page.setContent(`<style>
    body { display: flex; gap: 36px; justify-content: center; align-items: center; height: 100vh; margin: 0;
      background: linear-gradient(160deg, #dfe3ee, #b9c0d4); }
    img { width: 400px; border-radius: 12px; box-shadow: 0 12px 40px #0004; }
  </style>${images}`);
  await page.screenshot({ path: `${FOLDER}/hero.png` });
  await page.close();
}

async function shoot(page: Page, name: string): Promise<Buffer> {
  await page.mouse.move(0, 0);
  return page.screenshot({ path: `${FOLDER}/${name}.png` });
}

async function forget(page: Page): Promise<void> {
  await page.close();
  const options = await openPage('options.html');
  await options.getByRole('button', { name: /^Forget / }).click();
  await options.getByRole('button', { name: 'Forget it and its token' }).click();
  await options.getByText('No service is connected yet.').waitFor();
  await options.close();
}

async function openPage(path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(urlOf(path));
  return page;
}
