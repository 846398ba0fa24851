/** A row that moves to another section is made anew there: the focus goes with it, so that keys go on to work. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** @param root in which the rows are. @returns what the root listens with. */
export function useKeptFocus(root: RefObject<HTMLElement | null>) {
  const agent = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const { current } = agent;
    if (current === undefined || document.activeElement !== document.body) return;
    const rows = root.current?.querySelectorAll<HTMLElement>('li[data-agent]') ?? [];
    [...rows].find(({ dataset }) => dataset['agent'] === current)?.focus();
  });
  return {
    onFocusIn({ target }: FocusEvent) {
      const row = target instanceof Element ? target.closest<HTMLElement>('li[data-agent]') : null;
      agent.current = row?.dataset['agent'];
    },
    onFocusOut() {
      // of a row that is taken out it is told as well, and then its other self is there within this turn
      setTimeout(() => {
        if (document.activeElement === document.body) agent.current = undefined;
      });
    },
  };
}
