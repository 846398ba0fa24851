/** The cards and rows of a list in one order, so that they can be kept in their places. Pure. */
import type { Ordered } from '../guard/stable-order.ts';
import type { Paired } from '../model.ts';
import { keyOf } from '../model.ts';
import type { Question } from '../question/questions.ts';
import type { Group, GroupedRow } from './groups.ts';

export interface CardEntry extends Ordered {
  readonly kind: 'card';
  readonly paired: Paired;
  readonly question: Question;
}

export interface RowEntry extends Ordered {
  readonly kind: 'row';
  readonly group: Group;
  readonly placed: GroupedRow;
}

export type ListEntry = CardEntry | RowEntry;

/** Cards first, then the rows of each group. */
export function entriesOf(
  cards: readonly { readonly paired: Paired; readonly question: Question }[],
  groups: readonly Group[],
): readonly ListEntry[] {
  return [
    ...cards.map(
      ({ paired, question }): CardEntry => ({
        kind: 'card',
        key: keyOf(paired.service.id, question.id),
        isUrgent: true,
        paired,
        question,
      }),
    ),
    ...groups.flatMap((group) =>
      group.rows.map(
        (placed): RowEntry => ({
          kind: 'row',
          key: keyOf(placed.service, placed.row.agent),
          isUrgent: group.urgent !== undefined,
          group,
          placed,
        }),
      ),
    ),
  ];
}

/**
 * What to show in a place that is kept: a row stays in its group with its newest state. A row that has become a card, or
 * is gone, stays as it was and offers nothing.
 */
export function keepPlace(shown: ListEntry, wanted: ListEntry | undefined): ListEntry {
  if (shown.kind === 'card') return wanted ?? shown;
  if (wanted?.kind === 'row') {
    return { ...shown, placed: { ...shown.placed, row: wanted.placed.row } };
  }
  return { ...shown, placed: { ...shown.placed, row: { ...shown.placed.row, actions: [] } } };
}

/** Divides the entries into the cards and the groups that they came from. */
export function dividedEntries(entries: readonly ListEntry[]): {
  readonly cards: readonly CardEntry[];
  readonly groups: readonly Group[];
} {
  const rows = entries.filter((entry) => entry.kind === 'row');
  return {
    cards: entries.filter((entry) => entry.kind === 'card'),
    groups: [...Map.groupBy(rows, ({ group }) => group.id).values()].flatMap((own) => {
      const [first] = own;
      return first ? [{ ...first.group, rows: own.map(({ placed }) => placed) }] : [];
    }),
  };
}

/** How many of the waiting entries are new to the person: not the row of an agent whose card is shown. */
export function newEntries(
  waiting: readonly ListEntry[],
  shown: readonly ListEntry[],
): readonly ListEntry[] {
  const asked = new Set(
    shown.flatMap((entry) =>
      entry.kind === 'card' ? [keyOf(entry.paired.service.id, entry.question.agent)] : [],
    ),
  );
  return waiting.filter(({ kind, key }) => kind === 'card' || !asked.has(key));
}
