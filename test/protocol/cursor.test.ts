import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCursor, parseCursor } from '../../protocol/wire/cursor.ts';

test('parsing a formatted cursor returns the same cursor', () => {
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

test('the parser never throws, and accepts only canonical text', () => {
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
])('%j is not a cursor', (text) => {
  expect(parseCursor(text)).toBeUndefined();
});
