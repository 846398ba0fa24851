/** Keeps what is shown in its place while a person's hand is over it. Pure. */

export interface Ordered {
  readonly key: string;
  /** Whether it needs a person; these come first among those that wait. */
  readonly isUrgent: boolean;
}

export interface StableOrder<T> {
  /** What to show, in this order. */
  readonly rows: readonly T[];
  /** What is not shown yet, the urgent first. */
  readonly waiting: readonly T[];
}

/**
 * While held, every shown row keeps its index and nothing is added or removed; otherwise the rows are as wanted. An empty
 * list has nothing to keep in place, so it is never held.
 *
 * @param shown the rows as they were shown last. @param wanted the rows as they should be.
 * @param update what to show in the place of a shown row; `wanted` is undefined for a row that is gone.
 */
export function stableOrder<T extends Ordered>(
  shown: readonly T[],
  wanted: readonly T[],
  isHeld: boolean,
  update: (shown: T, wanted: T | undefined) => T = (before, now) => now ?? before,
): StableOrder<T> {
  if (!isHeld || shown.length === 0) return { rows: wanted, waiting: [] };
  const byKey = new Map(wanted.map((row) => [row.key, row]));
  const known = new Set(shown.map(({ key }) => key));
  const fresh = wanted.filter(({ key }) => !known.has(key));
  return {
    rows: shown.map((row) => update(row, byKey.get(row.key))),
    waiting: [
      ...fresh.filter(({ isUrgent }) => isUrgent),
      ...fresh.filter(({ isUrgent }) => !isUrgent),
    ],
  };
}
