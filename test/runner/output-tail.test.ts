import { expect, test } from 'vitest';
import { lastChars, OutputTail } from '../../service/runner/output/output-tail.ts';

function tailOf(...texts: string[]): string {
  const tail = new OutputTail();
  for (const text of texts) tail.push(text);
  return tail.read();
}

test('is empty when nothing but empty lines was printed', () => {
  expect(tailOf()).toBe('');
  expect(tailOf('\n\n', '  \n')).toBe('');
});

test('keeps the last 20 lines', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  expect(tailOf(`${lines.join('\n')}\n`)).toBe(lines.slice(10).join('\n'));
});

test('keeps at most 2,000 characters, in whole lines if it can', () => {
  expect(tailOf(`${'x'.repeat(1_500)}\n${'y'.repeat(1_500)}\n`)).toBe('y'.repeat(1_500));
  expect(tailOf('z'.repeat(5_000))).toBe('z'.repeat(2_000));
});

test('shows plain text: no colours, no control characters, and a progress line as it stood at last', () => {
  expect(tailOf('\u001b[31mred\u001b[0m\u0007\n', '10 %\r50 %\r100 %\r\ndone\u0000\r\n')).toBe(
    'red\n100 %\ndone',
  );
  expect(tailOf('\u001b]0;title\u0007text\n')).toBe('text');
});

test('a line that came in pieces is one line', () => {
  expect(tailOf('a', 'b\n', 'c')).toBe('ab\nc');
});

test('stays small and right however much is printed', () => {
  const tail = new OutputTail();
  for (let line = 0; line < 20_000; line += 1) tail.push(`\u001b[32mline ${line}\u001b[39m\n`);
  expect(tail.read({ maxLines: 2 })).toBe('line 19998\nline 19999');
});

test('never begins with half a character', () => {
  expect(lastChars('😀😀', 3)).toBe('😀');
});
