import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessPattern, readAddress } from '../../extension/shared/address.ts';
import { lastLine, plainText } from '../../extension/shared/plain-text.ts';

test.each([
  ['127.0.0.1:4747', 'http://127.0.0.1:4747'],
  ['localhost:4747', 'http://localhost:4747'],
  [' http://127.0.0.1:4747/ ', 'http://127.0.0.1:4747'],
  ['https://agents.example/some/path?x=1', 'https://agents.example'],
  ['HTTPS://Agents.Example', 'https://agents.example'],
  ['agents.example', 'http://agents.example'],
  ['http://[::1]:4747', 'http://[::1]:4747'],
  ['', undefined],
  ['   ', undefined],
  ['ftp://agents.example', undefined],
  ['javascript:alert(1)', undefined],
  ['http://user:secret@agents.example', undefined],
  ['http://', undefined],
  ['not an address', undefined],
])('the address %j is %s', (typed, origin) => {
  expect(readAddress(typed)).toBe(origin);
});

test.each([
  ['http://127.0.0.1:4747', 'http://127.0.0.1/*'],
  ['https://agents.example', 'https://agents.example/*'],
  ['http://[::1]:4747', 'http://[::1]/*'],
])('access to %s is requested as %s', (origin, pattern) => {
  expect(accessPattern(origin)).toBe(pattern);
});

test('plain text is always one visible line of limited length', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 2, max: 50 }),
      (text, maxChars) => {
        const plain = plainText(text, maxChars);
        expect(plain.length).toBeLessThanOrEqual(maxChars);
        expect(plain).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u);
        expect(plain).toBe(plainText(plain, maxChars));
      },
    ),
  );
});

test.each([
  ['one\ntwo', 'two'],
  ['one\n\n  \n', 'one'],
  ['', ''],
])('the last line of %j that is not blank is %j', (text, line) => {
  expect(lastLine(text)).toBe(line);
});
