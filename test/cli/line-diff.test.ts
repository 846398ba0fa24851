import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from '../../service/cli/setup/line-diff.ts';

test('changes are shown with the lines around them', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n';
  const after = 'a\nb\nc\nd\nE\nf\ng\nh\ni\nj\nk\n';
  expect(lineDiff(before, after)).toEqual([
    '@@ -2 +2 @@',
    ...[' b', ' c', ' d', '-e', '+E', ' f', ' g', ' h', ' i', ' j', '+k'],
  ]);
});

test('equal texts have no differences', () => {
  expect(lineDiff('a\nb', 'a\nb')).toEqual([]);
});

test('nothing in a text can control the terminal', () => {
  expect(lineDiff('', '\tx\u001b[2J\u202e\r')).toEqual(['@@ -1 +1 @@', '+\tx[2J']);
});

test('what stays and what is removed is the old text, what stays and what is added the new one', () => {
  // so short that all of it is shown
  const arbitraryLines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 3 });
  fc.assert(
    fc.property(arbitraryLines, arbitraryLines, (before, after) => {
      const old = ['x', ...before];
      const changed = ['y', ...after];
      const [, ...lines] = lineDiff(`${old.join('\n')}\n`, `${changed.join('\n')}\n`);
      const side = (mark: string) =>
        lines.filter((line) => [' ', mark].includes(line[0] ?? '')).map((line) => line.slice(1));
      expect([side('-'), side('+')]).toEqual([old, changed]);
    }),
  );
});
