/**
 * `npm run screenshots`: the pictures in docs/images and docs/store/images, of a browser with the real extension in its
 * toolbar, paired with a real service that agents have reported to.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Page } from 'playwright';
import { PNG } from 'pngjs';
import type { PairingCode } from '../../protocol/wire/messages.ts';
import { readConfig } from '../../service/config.ts';
import { Client } from '../../protocol/client/client.ts';
import { startService } from '../../service/service.ts';
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
import type { PicturedWindow } from './window.ts';
import { openWindow, SCALE } from './window.ts';

declare const chrome: { readonly action: { getBadgeText(details: object): Promise<string> } };

const FOLDER = 'docs/images';
const TOKEN = randomUUID() + randomUUID();
/** What a person has in front of them while the popup opens; answered here. */
const SITE = 'https://example.com/';
/** Of another colour than the popup, light and dark. */
const SITE_PAGE = `<!doctype html><title>Example</title><style>
  html { background: light-dark(#eef0f5, #24262b); color-scheme: light dark; }
  body { width: 620px; margin: 72px 0 0 96px; }
  div { height: 14px; margin-bottom: 18px; border-radius: 7px; background: light-dark(#dde1ea, #33363d); }
  div:first-child { width: 320px; height: 34px; margin-bottom: 36px; border-radius: 10px; }
  div:nth-child(4n) { width: 380px; margin-bottom: 44px; }
</style>${'<div></div>'.repeat(13)}`;
/** Around the popup, in a picture of it. */
const MARGIN_PX = 16;
/** Of the page of a run, what there is to see. */
const RUN_HEIGHT_PX = 430;

type Service = Awaited<ReturnType<typeof startService>>;

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-pictures-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
await buildForChrome();
await mkdir(FOLDER, { recursive: true });

/** Of the whole window, for the stores. */
const photographs = new Map<string, Buffer>();
await inWindow({}, async ({ popup, shoot }) => {
  await popup.getByRole('button', { name: 'Connect' }).waitFor();
  await shoot('pairing');
});
await takePopup('empty', []);
await takePopup('running', RUNNING_STORIES);
await takePopup('failed', ALL_STORIES.slice(0, 2));
await takePopup('light', [ASKING_STORY, ...ALL_STORIES]);
await takePopup('dark', [ASKING_STORY, ...ALL_STORIES], true);
await inWindow({ stories: ALL_STORIES }, async ({ popup, service, shoot }) => {
  await service.stop();
  await popup.getByText(/Nothing answers/).waitFor();
  await popup.waitForFunction(async () => (await chrome.action.getBadgeText({})) === '!');
  await shoot('disconnected');
});
await inWindow({ stories: [TRAINING_STORY] }, takeRun);
await inWindow({ stories: ALL_STORIES }, takeOptions);
await writeFile(`${FOLDER}/hero.png`, photographs.get('light') ?? '');
await takeStorePictures(photographs);

interface Scene {
  readonly window: PicturedWindow;
  /** Paired with the service, and open over another page. */
  readonly popup: Page;
  readonly service: Service;
  /** Takes the picture of the popup in its window. */
  shoot(name: string): Promise<void>;
}

interface Setting {
  /** What the service knows; without it the browser is not paired. */
  readonly stories?: readonly Story[];
  readonly isDark?: boolean;
}

async function takePopup(name: string, stories: readonly Story[], isDark = false): Promise<void> {
  await inWindow({ stories, isDark }, async ({ popup, shoot }) => {
    if (stories.length > 0) await popup.getByRole('listitem').first().hover();
    await shoot(name);
  });
}

async function inWindow(
  { stories, isDark = false }: Setting,
  take: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(dir, 'scene-'));
  const config = readConfig({ port: 0, dataDir: folder }, { AGENTLIGHT_OWNER_TOKEN: TOKEN });
  const service = await startService(config, pino({ level: 'silent' }));
  opened.defer(() => service.stop());
  const window = await openWindow({ profileDir: join(folder, 'profile'), isDark });
  opened.defer(() => window.close());
  const [page] = window.context.pages();
  await page?.route(SITE, (route) => route.fulfill({ contentType: 'text/html', body: SITE_PAGE }));
  await page?.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' });
  await page?.goto(SITE);
  const popup = await window.openPopup();
  if (stories) {
    const abort = new AbortController();
    opened.defer(() => abort.abort());
    const client = new Client({ url: service.url, token: TOKEN });
    await pair(popup, client, service.url);
    const told = { url: service.url, token: TOKEN, client, signal: abort.signal };
    for (const story of stories) await tell(story, told);
    for (const { name } of stories) await popup.getByText(name, { exact: true }).waitFor();
  }
  const shoot = async (name: string) => {
    const photograph = await window.photograph(popup);
    photographs.set(name, photograph);
    const edges = await popup.evaluate((marginPx) => {
      const { screenX, screenY, outerHeight } = globalThis;
      return { left: screenX - marginPx, bottom: screenY + outerHeight + marginPx };
    }, MARGIN_PX);
    await writeFile(`${FOLDER}/popup-${name}.png`, cut(photograph, edges));
  };
  await take({ window, popup, service, shoot });
}

async function pair(popup: Page, client: Client, url: string): Promise<void> {
  const { code } = await client.request<PairingCode>('POST', '/v1/pairing-codes');
  await popup.getByRole('textbox', { name: 'Pairing code' }).fill(code);
  await popup.getByRole('textbox', { name: 'Service address' }).fill(url);
  await popup.getByRole('button', { name: 'Connect' }).click();
  await popup.getByText('Live').waitFor();
  await popup.mouse.move(0, 0);
}

/** The page of a run that goes on. */
async function takeRun({ window, popup }: Scene): Promise<void> {
  const opening = window.context.waitForEvent('page');
  const link = { name: `Open the run of ${TRAINING_STORY.name}` };
  await popup.getByRole('link', link).first().click();
  const run = await opening;
  await run.getByText('one shard is empty').waitFor();
  const photograph = await window.photograph(run);
  await writeFile(`${FOLDER}/run.png`, cut(photograph, { left: 0, bottom: RUN_HEIGHT_PX }));
}

async function takeOptions({ window }: Scene): Promise<void> {
  const options = await window.context.newPage();
  await options.goto(window.urlOf('options.html'));
  await options.getByText('Live').waitFor();
  await writeFile(`${FOLDER}/options.png`, await window.photograph(options));
}

/** The part of a picture of the window that is above and to the right, in CSS pixels. */
function cut(photograph: Buffer, { left, bottom }: { left: number; bottom: number }): Buffer {
  const whole = PNG.sync.read(photograph);
  const part = new PNG({ width: whole.width - left * SCALE, height: bottom * SCALE });
  PNG.bitblt(whole, part, left * SCALE, 0, part.width, part.height);
  return PNG.sync.write(part);
}
