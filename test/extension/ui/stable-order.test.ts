import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stableOrder } from '../../../extension/ui/guard/stable-order.ts';

interface Row {
  readonly key: string;
  readonly isUrgent: boolean;
  readonly state: string;
}

const row = (key: string, state = '', isUrgent = false): Row => ({ key, state, isUrgent });
const keysOf = (rows: readonly Row[]) => rows.map(({ key, state }) => key + state);

test.each<[string, Row[], Row[], boolean, string[], string[]]>([
  ['nothing is held', [row('a')], [row('b'), row('a')], false, ['b', 'a'], []],
  ['a new row waits', [row('a')], [row('b'), row('a')], true, ['a'], ['b']],
  ['a row shows its newest state', [row('a', '1')], [row('a', '2')], true, ['a2'], []],
  ['a row that is gone keeps its place', [row('a'), row('b')], [row('b')], true, ['a', 'b'], []],
  [
    'rows that are sorted anew stay',
    [row('a'), row('b')],
    [row('b'), row('a')],
    true,
    ['a', 'b'],
    [],
  ],
  ['an empty list has nothing to keep', [], [row('a')], true, ['a'], []],
  [
    'the urgent come first among those that wait',
    [row('a')],
    [row('b'), row('a'), row('c', '!', true), row('d')],
    true,
    ['a'],
    ['c!', 'b', 'd'],
  ],
])('%s', (_case, shown, wanted, isHeld, rows, waiting) => {
  const order = stableOrder(shown, wanted, isHeld);
  expect([keysOf(order.rows), keysOf(order.waiting)]).toEqual([rows, waiting]);
});

const someRows = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    isUrgent: fc.boolean(),
    state: fc.constantFrom('', '1', '2'),
  }),
  { selector: ({ key }) => key },
);

test('while held, no row that was shown changes its index, through any changes', () => {
  fc.assert(
    fc.property(someRows, fc.array(someRows), (first, changes) => {
      fc.pre(first.length > 0);
      let shown: readonly Row[] = first;
      for (const wanted of changes) {
        const order = stableOrder(shown, wanted, true);
        expect(order.rows.map(({ key }) => key)).toEqual(first.map(({ key }) => key));
        const urgent = order.waiting.map(({ isUrgent }) => isUrgent);
        expect(urgent).toEqual(urgent.toSorted((a, b) => Number(b) - Number(a)));
        const known = new Set([...order.rows, ...order.waiting].map(({ key }) => key));
        expect(wanted.every(({ key }) => known.has(key))).toBe(true);
        shown = order.rows;
      }
      const last = changes.at(-1) ?? first;
      expect(stableOrder(shown, last, false)).toEqual({ rows: last, waiting: [] });
    }),
  );
});
