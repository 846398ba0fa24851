/** What is approved is shown whole and as it is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText } from '../../../extension/shared/plain-text.ts';
import { diffOf, pieces } from '../../../extension/ui/question/details.ts';

test.each([
  ['npm ci', 'npm ci'],
  [`ls${' '.repeat(1_200)}; rm -rf ~`, 'ls ␣ × 1,200 ; rm -rf ~'],
  [`ls${'\u00a0'.repeat(1_200)}; rm -rf ~`, 'ls⟨U+00A0 × 1,200⟩; rm -rf ~'],
  ['a\u3164b', 'a⟨U+3164⟩b'],
  ['a\u2003\u2003\u3000b', 'a⟨U+2003 × 2⟩⟨U+3000⟩b'],
  ['\u202egpj.exe', '⟨U+202E⟩gpj.exe'],
  ['a\u{e0041}\u{e0041}b', 'a⟨U+E0041 × 2⟩b'],
  [`ls${'\n'.repeat(200)}rm -rf ~`, 'ls⏎ × 200\nrm -rf ~'],
  [`ls${'\n \t'.repeat(200)}rm -rf ~`, 'ls⏎ × 200\n \trm -rf ~'],
  ['if x:\n        return  y', 'if x:\n        return  y'],
  ['a\r\nb\n\nc', 'a\nb\n\nc'],
  ['a\rb', 'a⟨U+000D⟩b'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test('no text hides anything: no invisible character, no long run of blanks', () => {
  const unit = fc.constantFrom('a', ' ', '\t', '\n', '\u00a0', '\u200b', '\u3164', '\u2800', '\0');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 300 }), (text) => {
      const shown = visibleText(text);
      expect(shown).not.toMatch(/[\p{Default_Ignorable_Code_Point}\u00a0\u2800\0]/u);
      expect(shown).not.toMatch(/[ \t]{64}/);
      expect(shown).not.toMatch(/\n(?:[ \t]*\n){5}/);
      expect(shown.split('a')).toHaveLength(text.split('a').length);
    }),
  );
});

test('right-to-left words are isolated, so that they can’t reorder the command', () => {
  expect(pieces('rm א; 123 # ~')).toEqual([
    { text: 'rm ', isRtl: false },
    { text: 'א', isRtl: true },
    { text: '; 123 # ~', isRtl: false },
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(
        pieces(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }),
  );
});

test.each([
  ['a command', 'npm ci', undefined],
  ['options are no diff', 'npm ci\n--force', undefined],
  ['an edit', 'src/a.ts\n- old\n+ new\n+ more', ['context', 'removed', 'added', 'added']],
  ['an empty line in an edit', 'a.ts\n-\n+ new', ['context', 'removed', 'added']],
  [
    'a unified diff',
    '--- a/x\n+++ b/x\n@@ -1 +1 @@\n same\n-old\n+new',
    ['context', 'context', 'context', 'context', 'removed', 'added'],
  ],
])('%s', (_case, details, kinds) => {
  expect(diffOf(details)?.lines.map(({ kind }) => kind)).toEqual(kinds);
});

test('a diff counts its lines', () => {
  expect(diffOf('a.ts\n- old\n+ new\n+ more')).toMatchObject({ added: 2, removed: 1 });
});
