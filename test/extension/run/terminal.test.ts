import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applySgr, PLAIN } from '../../../extension/run/ansi.ts';
import { textStyleOf } from '../../../extension/run/colors.ts';
import type { OutputStream } from '../../../extension/run/terminal.ts';
import {
  MAX_LINE_CHARS,
  MAX_LINES,
  NO_OUTPUT,
  openLines,
  printAll,
} from '../../../extension/run/terminal.ts';

const print = (...texts: string[]) =>
  printAll(
    NO_OUTPUT,
    texts.map((text) => ({ stream: 'stdout' as const, text })),
  );
const linesOf = (...texts: string[]) => {
  const output = print(...texts);
  return [...output.lines, ...openLines(output)].map(({ text }) => text);
};

test('text after a carriage return overwrites the line from its start', () => {
  expect(linesOf('10 %\r', '50 %\r100 %\ndone\n')).toEqual(['100 %', 'done']);
  expect(linesOf('a longer one\rshort\n')).toEqual(['shortger one']);
  expect(linesOf('a longer one\r\x1b[Kshort\n')).toEqual(['short']);
  expect(linesOf('windows\r\nlines\r\n')).toEqual(['windows', 'lines']);
});

test('a control sequence may be split between chunks, and is never shown', () => {
  const { lines } = print('a \x1b[3', '1mred\x1b', '[0m b\n');
  expect(lines).toEqual([
    {
      stream: 'stdout',
      text: 'a red b',
      spans: [
        { at: 2, style: { color: 1 } },
        { at: 5, style: PLAIN },
      ],
    },
  ]);
});

test('sequences that move the cursor, set the title or make a link are dropped', () => {
  expect(linesOf('\x1b]0;title\x07a\x1b[2Jb\x1b[10;4Hc\x1b]8;;http://evil\x1b\\d\x07\n')).toEqual([
    'abcd',
  ]);
});

test('stdout and stderr don’t split each other’s lines', () => {
  const output = printAll(NO_OUTPUT, [
    { stream: 'stdout', text: 'one ' },
    { stream: 'stderr', text: 'warning\n' },
    { stream: 'stdout', text: 'line\n' },
  ]);
  expect(output.lines.map(({ stream, text }) => [stream, text])).toEqual([
    ['stderr', 'warning'],
    ['stdout', 'one line'],
  ]);
});

test('any amount of output stays bounded, and dropped lines are counted', () => {
  const long = print('x'.repeat(3 * MAX_LINE_CHARS));
  expect(long.longest).toBe(MAX_LINE_CHARS);
  const text = Array.from({ length: MAX_LINES + 500 }, (_, line) => `line ${line}\n`).join('');
  const { lines, dropped } = print(text);
  expect(lines).toHaveLength(MAX_LINES);
  expect([dropped, lines[0]?.text]).toEqual([500, 'line 500']);
});

const arbitraryPiece = fc.record({
  stream: fc.constantFrom<OutputStream>('stdout', 'stderr'),
  text: fc
    .array(
      fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.constantFrom('\n', '\r', '\x1b[31m', '\x1b[0m', '\x1b[K', '\x1b[1K', '\x1b', '[2K'),
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
});

test('any split into batches gives the same lines', () => {
  fc.assert(
    fc.property(fc.array(arbitraryPiece, { maxLength: 12 }), fc.nat(12), (pieces, at) => {
      const atOnce = printAll(NO_OUTPUT, pieces);
      const inTwo = printAll(printAll(NO_OUTPUT, pieces.slice(0, at)), pieces.slice(at));
      expect(inTwo).toEqual(atOnce);
      for (const { text } of [...atOnce.lines, ...openLines(atOnce)]) {
        expect(text.replaceAll('\t', ' ')).not.toMatch(/\p{Cc}/u);
      }
    }),
  );
});

test('colours of 16, 256 and 16 million are applied and reset', () => {
  expect(applySgr(PLAIN, '1;31')).toEqual({ bold: true, color: 1 });
  expect(applySgr(PLAIN, '38;5;208')).toEqual({ color: 208 });
  expect(applySgr(PLAIN, '48;2;255;0;10')).toEqual({ background: '#ff000a' });
  expect(applySgr(PLAIN, '38:2::1:2:3')).toEqual({ color: '#010203' });
  expect(applySgr({ color: 1, bold: true }, '39;22')).toBe(PLAIN);
  expect(applySgr({ color: 1 }, '')).toBe(PLAIN);
  expect(applySgr(PLAIN, '38;5;999;1')).toEqual({ bold: true });
});

test('an unreadable colour is made lighter or darker until it is readable', () => {
  expect(textStyleOf({ color: 1 }).color).toBe('var(--ansi-1)');
  expect(textStyleOf({ color: '#000000' }).color).toMatch(/^light-dark\(#000000, #[7-9a-f]/);
  expect(textStyleOf({ background: '#ffffff' })).toMatchObject({ color: '#000000' });
  expect(textStyleOf(PLAIN)).toEqual({ bold: false, underline: false });
});
