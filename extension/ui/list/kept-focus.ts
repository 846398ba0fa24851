/** A row that moves to another section is made anew there: the focus goes with it, so that keys go on to work. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { keyOf } from '../model.ts';

/**
 * @param root in which the rows are.
 * @param headingOf the group that a row is in: its heading has the focus where the row is folded away.
 * @returns what the root listens with.
 */
export function useKeptFocus(
  root: RefObject<HTMLElement | null>,
  headingOf: (key: string) => string | undefined,
) {
  const row = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const { current } = row;
    if (current === undefined || document.activeElement !== document.body) return;
    const items = [
      ...(root.current?.querySelectorAll<HTMLElement>('li[data-agent], button[data-group]') ?? []),
    ];
    const heading = headingOf(current);
    const item =
      items.find((one) => keyOfItem(one) === current) ??
      items.find(({ dataset }) => dataset['group'] === heading);
    item?.focus();
  });
  return {
    onFocusIn({ target }: FocusEvent) {
      row.current = target instanceof Element ? keyOfItem(target.closest('li')) : undefined;
    },
    onFocusOut() {
      // of a row that is taken out it is told as well, and then its other self is there within this turn
      setTimeout(() => {
        if (document.activeElement === document.body) row.current = undefined;
      });
    },
  };
}

function keyOfItem(item: HTMLElement | null): string | undefined {
  const { service, agent } = item?.dataset ?? {};
  return service === undefined || agent === undefined ? undefined : keyOf(service, agent);
}
