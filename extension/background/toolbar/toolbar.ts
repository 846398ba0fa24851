/** Shows a badge on the toolbar button. Updates only what has changed, the text first. */
import { browser } from 'wxt/browser';
import type { Badge } from './badge.ts';
import type { IconState } from './icon.ts';
import { drawIcon } from './icon.ts';

const SIZES_PX = [16, 32];

export class Toolbar {
  #shown: Partial<Badge> = {};
  readonly #images = new Map<IconState, Record<number, ImageData>>();

  show(badge: Badge): void {
    const before = this.#shown;
    this.#shown = badge;
    const { action } = browser;
    if (badge.text !== before.text) void action.setBadgeText({ text: badge.text });
    if (badge.color !== before.color) {
      void action.setBadgeBackgroundColor({ color: badge.color });
      void action.setBadgeTextColor({ color: badge.textColor });
    }
    if (badge.title !== before.title) void action.setTitle({ title: badge.title });
    if (badge.icon !== before.icon) void action.setIcon({ imageData: this.#imagesOf(badge.icon) });
  }

  #imagesOf(state: IconState): Record<number, ImageData> {
    const known = this.#images.get(state);
    if (known) return known;
    const images = Object.fromEntries(SIZES_PX.map((size) => [size, draw(state, size)]));
    this.#images.set(state, images);
    return images;
  }
}

function draw(state: IconState, sizePx: number): ImageData {
  const context = new OffscreenCanvas(sizePx, sizePx).getContext('2d');
  if (!context) throw new Error('This browser does not support 2d canvas in a service worker.');
  drawIcon(context, state, sizePx);
  return context.getImageData(0, 0, sizePx, sizePx);
}
