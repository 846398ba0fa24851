/** Output that is meant for people. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import type { ParsedEvent } from '../../service/adapters/output/output-parser.ts';
import { TextParser } from '../../service/adapters/output/text-parser.ts';

function parseOutput(text: string, pieceChars = text.length) {
  const parser = new TextParser();
  const events: ParsedEvent[] = [];
  for (let at = 0; at < text.length; at += pieceChars) {
    events.push(...parser.parse('stdout', text.slice(at, at + pieceChars)));
  }
  const ending = parser.end();
  return { events: [...events, ...ending.events].map(({ data }) => data), message: ending.message };
}

test('TAP: the plan gives the progress, subtests don’t count, and what is to do may fail', () => {
  const { events, message } = parseOutput(
    [
      'TAP version 14',
      '1..4',
      '# Subtest: inner',
      '    not ok 1 - inner',
      'ok 1 - first',
      'not ok 2 - second',
      '  ---',
      '  message: "not ok"',
      '  ...',
      'ok 3 - third # SKIP no network',
      'not ok 4 - fourth # TODO later',
      '',
    ].join('\n'),
  );
  expect(events).toEqual([
    { value: 0.25, message: '1 passed · first' },
    { value: 0.5, message: '1 failed, 1 passed · second' },
    { value: 0.75, message: '1 failed, 1 passed, 1 skipped · third' },
    { value: 1, message: '1 failed, 1 passed, 2 skipped · fourth' },
  ]);
  expect(message).toBe('1 failed, 1 passed, 2 skipped');
});

test('TAP: a test program that bails out says why', () => {
  expect(parseOutput('1..3\nok 1\nBail out! No database.\n').message).toBe(
    'Bail out! No database.',
  );
});

test('lines such as "ok 1" mean nothing without a plan', () => {
  expect(parseOutput('ok 1 - I think\nok\n')).toEqual({ events: [], message: undefined });
});

test('pytest says how far it is', () => {
  const { events } = parseOutput('tests/test_a.py ....F.                [ 45%]\n');
  expect(events).toEqual([{ value: 0.45, message: 'tests/test_a.py' }]);
});

test.each([
  ['\u001b]9;4;1;40\u0007', [{ value: 0.4 }]],
  ['\u001b]9;4;1;40\u001b\\', [{ value: 0.4 }]],
  ['\u001b]9;4;1;250\u0007', [{ value: 1 }]],
  ['\u001b]9;4;2;70\u0007', [{ value: 0.7, message: 'Error' }]],
  ['\u001b]9;4;4;70\u0007', [{ value: 0.7, message: 'Paused' }]],
  ['\u001b]9;4;3;0\u0007', []],
  ['\u001b]9;4;0;\u0007', []],
  ['\u001b]9;4;1;20\u0007 and \u001b]9;4;1;30\u0007', [{ value: 0.3 }]],
  ['\u001b]9;hello\u0007', []],
])('progress of the terminal: %j', (text, expected) => {
  expect(parseOutput(`before ${text} after`).events).toEqual(expected);
});

test('progress of the terminal is heard wherever the pieces are cut', () => {
  const text = 'x\u001b[31mred\u001b[0m\u001b]9;4;1;55\u001b\\y';
  for (let pieceChars = 1; pieceChars < text.length; pieceChars += 1) {
    expect(parseOutput(text, pieceChars).events).toEqual([{ value: 0.55 }]);
  }
});

test('whatever is printed, nothing breaks, and all that is events is valid', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '1..3\n',
      'ok 1\n',
      'not ok',
      '\u001b]9;4;',
      '1;99\u0007',
      '\u001b\\',
      '\n',
      ' [ 99%]\n',
      'Tests:  ',
      '3 passed',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const parser = new TextParser();
      const events = pieces.flatMap((text) => parser.parse('stdout', text));
      for (const { type, data } of [...events, ...parser.end().events]) {
        expect(EVENT_KINDS[type].schema.safeParse(data).success).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});
