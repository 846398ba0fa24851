/** Keeps a scroll container at its end while content is added, until the person scrolls up. */
import type { ReadonlySignal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef } from 'preact/hooks';

/** A position this close to the end counts as the end. */
const END_PX = 8;

interface Following {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly topPx: ReadonlySignal<number>;
  readonly heightPx: ReadonlySignal<number>;
  readonly isFollowing: ReadonlySignal<boolean>;
  readonly onScroll: () => void;
  /** Scrolls to a position and stops following. */
  readonly scrollTo: (px: number) => void;
  /** Scrolls to the end and follows it, or stops following. */
  readonly follow: (isOn: boolean) => void;
}

/**
 * @param contentPx height of the content.
 * @param droppedPx height of the content that was removed at the start. The view stays at the same text.
 */
export function useFollowing(contentPx: number, droppedPx: number): Following {
  const scroller = useRef<HTMLElement>(null);
  const topPx = useSignal(0);
  const heightPx = useSignal(0);
  const isFollowing = useSignal(true);
  const dropped = useRef(droppedPx);
  const goTo = useCallback(
    (px: number) => {
      if (!scroller.current) return;
      scroller.current.scrollTop = px;
      topPx.value = scroller.current.scrollTop;
    },
    [topPx],
  );
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      heightPx.value = element.clientHeight;
      if (isFollowing.peek()) goTo(element.scrollHeight);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [goTo, heightPx, isFollowing]);
  useLayoutEffect(() => {
    const lost = droppedPx - dropped.current;
    dropped.current = droppedPx;
    if (isFollowing.peek()) goTo(contentPx);
    else if (lost > 0) goTo(topPx.peek() - lost);
  }, [contentPx, droppedPx, goTo, topPx, isFollowing]);
  return {
    scroller,
    topPx,
    heightPx,
    isFollowing,
    onScroll() {
      const element = scroller.current;
      if (!element) return;
      const { scrollTop, clientHeight, scrollHeight } = element;
      // content may have been added since the scroll event: only a move up is surely the person's
      if (scrollTop < topPx.peek() - 1) isFollowing.value = false;
      if (scrollTop + clientHeight >= scrollHeight - END_PX) isFollowing.value = true;
      topPx.value = scrollTop;
    },
    scrollTo(px) {
      isFollowing.value = false;
      goTo(px);
    },
    follow(isOn) {
      isFollowing.value = isOn;
      if (isOn) goTo(contentPx);
    },
  };
}
