import { afterEach, expect, test } from 'vitest';
import { texts } from '../../../extension/i18n/de/pages.ts';
import { setLanguageSource } from '../../../extension/i18n/language.ts';
import { ago, duration, took } from '../../../extension/ui/parts/times.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

afterEach(() => setLanguageSource(() => ({ id: 'en', locale: undefined, texts: {} })));

test.each([
  [400, '0 s'],
  [48 * SECOND, '48 s'],
  [59.6 * SECOND, '1 min'],
  [8 * MINUTE + 12 * SECOND, '8 min'],
  [59.6 * MINUTE, '1 h'],
  [HOUR + 42 * MINUTE, '1 h 42 min'],
  [2 * HOUR, '2 h'],
  [23 * HOUR + 59.6 * MINUTE, '1 day'],
  [2 * DAY + HOUR, '2 days'],
])('%d ms is a duration of %s', (ms, expected) => {
  expect(duration(ms)).toBe(expected);
});

test.each([
  [9 * SECOND, 'just now', 'gerade eben'],
  [49 * SECOND, '40 s ago', 'vor 40 s'],
  [6 * MINUTE + 59 * SECOND, '6 min ago', 'vor 6 min'],
  [2 * HOUR + 59 * MINUTE, '2 h ago', 'vor 2 h'],
])('%d ms in the past is %s', (ms, en, de) => {
  expect(ago(0, ms)).toBe(en);
  setLanguageSource(() => ({ id: 'de', locale: 'de', texts }));
  expect(ago(0, ms)).toBe(de);
});

test.each([
  [40, '0 s'],
  [1_449, '1.4 s'],
  [9_990, '10 s'],
  [48_000, '48 s'],
  [3 * MINUTE + 7 * SECOND, '3:07'],
])('%d ms took %s', (ms, expected) => {
  expect(took(ms)).toBe(expected);
});
