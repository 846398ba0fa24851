/** Keeps the focus on a row that moves to another section, where it is a new element. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { keyOf } from '../model.ts';

/**
 * @param root element that contains the rows.
 * @param headingOf returns the id of a row's group, whose heading gets the focus when the row is folded away.
 * @returns event handlers for the root.
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
      // also fires for a removed row; its replacement is added within the same task
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
