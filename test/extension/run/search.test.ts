import fc from 'fast-check';
import { expect, test } from 'vitest';
import { find, NOTHING_FOUND } from '../../../extension/run/search.ts';
import { segmentsOf } from '../../../extension/run/segments.ts';
import { NO_OUTPUT, printAll } from '../../../extension/run/terminal.ts';

const print = (text: string, before = NO_OUTPUT) => printAll(before, [{ stream: 'stdout', text }]);

test('finds every match in any case, also in the open line', () => {
  const { matches } = find(NOTHING_FOUND, 'err', print('Error, error\nfine\nerr'));
  expect(matches).toEqual([
    { line: 0, at: 0 },
    { line: 0, at: 7 },
    { line: 2, at: 0 },
  ]);
  expect(find(NOTHING_FOUND, '', print('x')).matches).toEqual([]);
});

test('continuing a search finds the same as starting over', () => {
  const arbitraryText = fc
    .array(fc.constantFrom('a', 'b', 'ab', '\n', '\r', 'A'), { maxLength: 30 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(arbitraryText, arbitraryText, (first, second) => {
      const before = print(first);
      const after = print(second, before);
      const wentOn = find(find(NOTHING_FOUND, 'ab', before), 'ab', after);
      expect(wentOn).toEqual(find(NOTHING_FOUND, 'ab', after));
    }),
  );
});

test('a line is split where its style or its matches change, and loses no text', () => {
  const [line] = print('see \x1b[31mred error\x1b[0m end\n').lines;
  if (!line) throw new Error('no line');
  const segments = segmentsOf(line, [{ at: 8, isCurrent: true }], 5);
  expect(segments.map(({ text, match }) => [text, match])).toEqual([
    ['see ', undefined],
    ['red ', undefined],
    ['error', 'current'],
    [' end', undefined],
  ]);
  expect(segments.map(({ text }) => text).join('')).toBe(line.text);
  expect(segments[2]?.style).toEqual({ color: 1 });
});
