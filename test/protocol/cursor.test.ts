import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCursor, parseCursor } from '../../protocol/wire/cursor.ts';

test('what is formatted is parsed as the same', () => {
  const cursor = fc.record({
    epoch: fc.stringMatching(/^[a-z0-9]{1,32}$/),
    seq: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  });
  fc.assert(
    fc.property(cursor, (one) => {
      expect(parseCursor(formatCursor(one))).toEqual(one);
    }),
  );
});

test('no text makes the parser throw, or means two things', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const cursor = parseCursor(text);
      expect(cursor === undefined || formatCursor(cursor) === text).toBe(true);
    }),
  );
});

test.each([
  '',
  'x',
  '7',
  '.7',
  'x.',
  'x.-1',
  'x.07',
  'x.1e3',
  'x.1.2',
  'X.1',
  'x.1 ',
  'x.9007199254740993',
  `${'x'.repeat(33)}.1`,
])('%j is no cursor', (text) => {
  expect(parseCursor(text)).toBeUndefined();
});
