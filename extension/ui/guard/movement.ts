/** Watches the list for cards that appear or move, and for rows that come under a resting pointer: these are disarmed. */
import type { Arming } from './arming.ts';
import type { Hold } from './hold.ts';

/** A smaller movement is a matter of rounding. */
const MOVED_PX = 1;
/** A card or a row. Its `data-item` is the key of its arming. */
const ITEM = '[data-item]';
/** Every card that takes an answer. */
const CARD = '[data-item][data-question]';

/** Watches until the returned function is called. @param list the element that scrolls. */
export function watchList(list: HTMLElement, arming: Arming, hold: Hold): () => void {
  let tops = new Map<string, number>();
  let under: string | undefined;
  let pointer: { readonly x: number; readonly y: number } | undefined;

  const measure = () =>
    new Map(
      [...list.querySelectorAll<HTMLElement>(CARD)].map((card) => [
        card.dataset['item'] ?? '',
        card.getBoundingClientRect().top,
      ]),
    );
  const look = () => {
    const now = measure();
    for (const [key, top] of now) {
      const before = tops.get(key);
      if (before === undefined) arming.disarm(key, 'appeared');
      else if (before - top > MOVED_PX) arming.disarm(key, 'moved-up');
      else if (top - before > MOVED_PX) arming.disarm(key, 'moved-down');
    }
    tops = now;
    if (!pointer) return;
    const found = keyOfItem(document.elementFromPoint(pointer.x, pointer.y));
    if (found !== undefined && found !== under && arming.isArmed(found)) {
      arming.disarm(found, 'appeared');
    }
    under = found;
  };
  const mutations = new MutationObserver(look);
  mutations.observe(list, { childList: true, subtree: true, characterData: true });

  const abort = new AbortController();
  const options = { capture: true, passive: true, signal: abort.signal };
  const onPointer = (event: PointerEvent) => {
    const { clientX: x, clientY: y } = event;
    // browsers repeat the position when the page changes under a resting pointer
    if (pointer?.x !== x || pointer.y !== y) {
      const found = keyOfItem(event.target);
      if (under !== undefined && under !== found) arming.arm(under);
      under = found;
    }
    pointer = { x, y };
    if (event.type === 'pointerdown' && event.pointerType === 'touch') hold.press();
    hold.pointer(event.pointerType !== 'touch' && isIn(list, event.target));
  };
  document.addEventListener('pointermove', onPointer, options);
  document.addEventListener('pointerdown', onPointer, options);
  const onLeave = (event: PointerEvent) => {
    if (event.target !== document.documentElement && event.target !== document) return;
    pointer = undefined;
    under = undefined;
    hold.pointer(false);
  };
  document.addEventListener('pointerleave', onLeave, options);
  document.addEventListener('keydown', () => hold.press(), options);
  const onScroll = () => {
    // the person scrolls: nothing moves by itself
    tops = measure();
    if (pointer) under = keyOfItem(document.elementFromPoint(pointer.x, pointer.y));
  };
  list.addEventListener('scroll', onScroll, options);
  const onToggle = () => {
    hold.menu(document.querySelector(':popover-open') !== null);
    look();
  };
  document.addEventListener('toggle', onToggle, options);
  look();
  return () => {
    mutations.disconnect();
    abort.abort();
    hold.pointer(false);
    hold.menu(false);
  };
}

/** Stops a click on a button of a card or row that is disarmed. Call it while the click is captured. */
export function stopDisarmed(event: MouseEvent, arming: Arming): void {
  const { target } = event;
  if (!(target instanceof Element) || !target.closest('button')) return;
  const key = keyOfItem(target);
  if (key === undefined || arming.isArmed(key)) return;
  event.preventDefault();
  event.stopPropagation();
}

function isIn(list: HTMLElement, target: EventTarget | null): boolean {
  return target instanceof Node && list.contains(target);
}

function keyOfItem(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest<HTMLElement>(ITEM)?.dataset['item'];
}
