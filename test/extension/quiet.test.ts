import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quietHoursEndMs, quietPeriodAt, tomorrowMorningMs } from '../../extension/shared/quiet.ts';

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
/** A Wednesday. */
const at = (hour: number, minute = 0, day = 14) => new Date(2026, 0, day, hour, minute).getTime();
const hours = (quietFrom: string, quietTo: string, quietDays = EVERY_DAY) => ({
  quietHours: true,
  quietDays,
  quietFrom,
  quietTo,
});

test.each<[string, ReturnType<typeof hours>, number, number | undefined]>([
  ['in the evening', hours('22:00', '07:00'), at(23), at(7, 0, 15)],
  ['after midnight', hours('22:00', '07:00'), at(3), at(7)],
  ['at the end', hours('22:00', '07:00'), at(7), undefined],
  ['at the start', hours('22:00', '07:00'), at(22), at(7, 0, 15)],
  ['during the day', hours('22:00', '07:00'), at(12), undefined],
  ['within one day', hours('12:00', '13:30'), at(13), at(13, 30)],
  ['on another day', hours('12:00', '13:30', [4]), at(13), undefined],
  ['after midnight of a chosen day', hours('22:00', '07:00', [2]), at(3), at(7)],
  ['in windows that touch', hours('00:00', '00:00', [3, 4]), at(12), at(0, 0, 16)],
])('quiet hours %s', (_name, settings, nowMs, endMs) => {
  expect(quietHoursEndMs(settings, nowMs)).toBe(endMs);
});

test('no time is in quiet hours that are off', () => {
  expect(
    quietHoursEndMs({ ...hours('00:00', '23:59'), quietHours: false }, at(12)),
  ).toBeUndefined();
});

test('quiet hours always end later than now and within eight days', () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
  // a year that has both clock changes in any time zone
  const now = fc.integer({ min: at(0), max: at(0) + 366 * 86_400_000 });
  fc.assert(
    fc.property(time, time, fc.subarray(EVERY_DAY), now, (from, to, days, nowMs) => {
      const endMs = quietHoursEndMs(hours(from, to, days), nowMs);
      if (endMs === undefined) return;
      expect(endMs).toBeGreaterThan(nowMs);
      expect(endMs - nowMs).toBeLessThan(8 * 86_400_000 + 7_200_000);
      const end = new Date(endMs);
      expect([end.getHours(), end.getMinutes()]).toEqual(to.split(':').map(Number));
    }),
    { numRuns: 500 },
  );
});

test('of a pause and quiet hours, the one that ends later counts', () => {
  const settings = hours('22:00', '07:00');
  expect(quietPeriodAt(settings, 0, at(12))).toBeUndefined();
  expect(quietPeriodAt(settings, at(13), at(12))).toEqual({ reason: 'paused', untilMs: at(13) });
  expect(quietPeriodAt(settings, at(23, 30), at(23))?.reason).toBe('quiet-hours');
  expect(quietPeriodAt(settings, at(9, 0, 15), at(23))?.reason).toBe('paused');
});

test.each([
  [at(15), at(8, 0, 15)],
  [at(23, 59), at(8, 0, 15)],
  [at(1), at(8)],
  [at(5), at(8, 0, 15)],
])('until tomorrow morning', (nowMs, endMs) => {
  expect(tomorrowMorningMs(nowMs)).toBe(endMs);
});
