import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Series } from '../../../extension/run/series.ts';
import { addPoint } from '../../../extension/run/series.ts';
import { nearest, niceLevels, plotOf } from '../../../extension/ui/run/results/plot-lines.ts';

const SIZE = { width: 300, height: 100 };

function seriesOf(values: readonly number[]): Series {
  const [first = 0, ...others] = values;
  const add = (series: Series | undefined, value: number, step: number) =>
    addPoint(series, { name: 'loss', value, step }, '2026-01-31T12:00:00.000Z');
  return others.reduce<Series>(
    (series, value, at) => add(series, value, at + 1),
    add(undefined, first, 0),
  );
}

test('levels are round numbers that enclose all values', () => {
  expect(niceLevels(0.12, 0.91)).toEqual([0, 0.5, 1]);
  expect(niceLevels(-3, 7)).toEqual([-5, 0, 5, 10]);
  expect(niceLevels(42, 42)).toEqual([40, 60]);
  expect(niceLevels(0, 0)).toEqual([0, 0.5]);
});

test('every point of any series is inside the plot', () => {
  const arbitraryValue = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
  fc.assert(
    fc.property(fc.array(arbitraryValue, { minLength: 1, maxLength: 20 }), (values) => {
      const { placed, levels } = plotOf(seriesOf(values), SIZE);
      expect(levels.length).toBeGreaterThanOrEqual(2);
      for (const { x, y } of placed) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(SIZE.width);
        expect(y).toBeGreaterThanOrEqual(-1e-6);
        expect(y).toBeLessThanOrEqual(SIZE.height + 1e-6);
      }
    }),
  );
});

test('a limit is shown only when the line comes near it', () => {
  expect(plotOf(seriesOf([0, 1]), SIZE, 100).limitY).toBeUndefined();
  const { limitY, levels } = plotOf(seriesOf([0, 4]), SIZE, 5);
  expect(limitY).toBeGreaterThanOrEqual(0);
  expect(levels.at(-1)?.value).toBeGreaterThanOrEqual(5);
});

test('pointing at the plot finds the nearest value', () => {
  const { placed } = plotOf(seriesOf([1, 2, 3]), SIZE);
  expect(nearest(placed, 160)?.point.value).toBe(2);
  expect(nearest([], 160)).toBeUndefined();
});
