import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePointer, valueAt } from '../../service/adapters/webhooks/json-pointer.ts';

// the examples of RFC 6901, section 5
const document = {
  'foo': ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

test.each([
  ['', document],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
])('%j leads to %j', (pointer, value) => {
  expect(valueAt(document, pointer)).toEqual(value);
});

test.each(['/nothing', '/foo/2', '/foo/-', '/foo/00', '/foo/length', '/foo/0/0', '/constructor'])(
  '%s leads nowhere',
  (pointer) => {
    expect(valueAt(document, pointer)).toBeUndefined();
  },
);

test.each(['foo', 'foo/bar', '#/foo', '/~', '/~2', '/a~'])('%s is no pointer', (text) => {
  expect(parsePointer(text)).toBeUndefined();
});

test('any key can be pointed to', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      expect(parsePointer(pointer)).toEqual([key]);
    }),
  );
});
