import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withArguments } from '../../service/runner/host/hosted-run.ts';

test.each<[string, string[], object, string[]]>([
  ['no places', ['npm', 'test'], { params: { a: 'x' } }, ['npm', 'test']],
  [
    'a parameter',
    ['echo', '{{params.who}}'],
    { params: { who: 'you; rm -rf /' } },
    ['echo', 'you; rm -rf /'],
  ],
  [
    'a part of an argument',
    ['t', '--grep={{params.g}}'],
    { params: { g: 'a b' } },
    ['t', '--grep=a b'],
  ],
  ['a number', ['t', '-n', '{{params.n}}'], { params: { n: 3 } }, ['t', '-n', '3']],
  ['something nested', ['t', '{{params.o}}'], { params: { o: { a: [1] } } }, ['t', '{"a":[1]}']],
  [
    'a prompt',
    ['claude', '-p', '{{prompt}}'],
    { prompt: 'Fix "it".' },
    ['claude', '-p', 'Fix "it".'],
  ],
  ['what is not given', ['t', '{{params.x}}', '--y={{params.y}}'], {}, ['t', '--y=']],
  [
    'a value that looks like a place',
    ['t', '{{prompt}}'],
    { prompt: '{{params.a}}', params: { a: 1 } },
    ['t', '{{params.a}}'],
  ],
])('%s', (_what, command, request, expected) => {
  expect(withArguments(command, request)).toEqual(expected);
});

test('whatever is asked for stays one argument', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (prompt, value) => {
      const request = { prompt, params: { value } };
      expect(withArguments(['p', '{{prompt}}', '-v', '{{params.value}}'], request)).toEqual([
        'p',
        prompt,
        '-v',
        value,
      ]);
    }),
  );
});
