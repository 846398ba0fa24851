/** Keeps the entries of a list in their places while the person's hand is over it. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Guards } from '../guard/guards.ts';
import { stableOrder } from '../guard/stable-order.ts';
import type { ListEntry } from './list-entries.ts';
import { keepPlace, newEntries } from './list-entries.ts';

interface Shown {
  readonly asked: string;
  readonly entries: readonly ListEntry[];
}

/**
 * @param list id of the list, for the count of what waits.
 * @param arrangement what the person chose to see; a change of it is shown at once.
 */
export function usePlaces(
  wanted: readonly ListEntry[],
  { hold, answers }: Guards,
  list: string,
  arrangement: string,
): readonly ListEntry[] {
  const last = useRef<Shown | undefined>(undefined);
  const asked = `${hold.placements} ${arrangement}`;
  const isHeld = hold.isHeld.value && last.current?.asked === asked;
  const shown = (last.current?.entries ?? []).filter(({ key }) => !answers.hasEnded(key));
  const { rows, waiting } = stableOrder(shown, wanted, isHeld, keepPlace);
  last.current = { asked, entries: rows };
  const count = newEntries(waiting, rows).length;
  useLayoutEffect(() => hold.report(list, count), [hold, list, count]);
  useLayoutEffect(() => () => hold.report(list, 0), [hold, list]);
  return rows;
}
