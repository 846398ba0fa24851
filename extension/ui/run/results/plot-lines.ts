/** Calculates the line, the points and the axes of a plot. Pure. */
import { perLocale } from '../../../i18n/language.ts';
import type { Point, Series } from '../../../run/series.ts';
import { drawnPoints } from '../../../run/series.ts';

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

export interface Tick {
  /** Pixels from the top, or from the left. */
  readonly at: number;
  readonly value: number;
}

export interface PlacedPoint {
  readonly x: number;
  readonly y: number;
  readonly point: Point;
}

export interface Plot {
  /** Value of the `d` attribute of an SVG path. */
  readonly path: string;
  readonly placed: readonly PlacedPoint[];
  /** Horizontal lines, from the bottom up. */
  readonly levels: readonly Tick[];
  /** Position of the limit; undefined if it is not visible. */
  readonly limitY: number | undefined;
}

/** Approximate number of levels. */
const LEVELS = 3;

/** @param limit shown when the values reach at least half of it. */
export function plotOf(series: Series, { width, height }: PlotSize, limit?: number): Plot {
  const points = drawnPoints(series);
  const isNear = limit !== undefined && series.highest.value >= limit / 2;
  const highest = isNear ? Math.max(limit, series.highest.value) : series.highest.value;
  const levels = niceLevels(series.lowest.value, highest);
  const [low, high] = [levels[0] ?? 0, levels.at(-1) ?? 1];
  const firstX = points[0]?.x ?? 0;
  const spanX = (points.at(-1)?.x ?? 0) - firstX;
  const xOf = (x: number) => (spanX === 0 ? width / 2 : ((x - firstX) / spanX) * width);
  const yOf = (value: number) => height - ((value - low) / (high - low)) * height;
  const placed = points.map((point) => ({ x: xOf(point.x), y: yOf(point.value), point }));
  const path = placed.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`);
  return {
    path: path.join(''),
    placed,
    levels: levels.map((value) => ({ at: yOf(value), value })),
    limitY: isNear ? yOf(limit) : undefined,
  };
}

/** At least two round numbers at equal distances that include `low` and `high`. */
export function niceLevels(low: number, high: number): readonly number[] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // levels for values that differ only in their last digits would be equal
  const span = high - low > size * 1e-9 ? high - low : size || 1;
  const rough = span / LEVELS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  if (!Number.isFinite(step) || step === 0) return [0, 1];
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  // rounds off the errors of adding fractions
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The point with the nearest x. */
export function nearest(placed: readonly PlacedPoint[], x: number): PlacedPoint | undefined {
  let best: PlacedPoint | undefined;
  for (const one of placed) if (!best || Math.abs(one.x - x) < Math.abs(best.x - x)) best = one;
  return best;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

const formats = perLocale((locale) => ({
  plain: new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 }),
  compact: new Intl.NumberFormat(locale, { maximumFractionDigits: 1, notation: 'compact' }),
  scientific: new Intl.NumberFormat(locale, {
    maximumSignificantDigits: 3,
    notation: 'scientific',
  }),
}));

/** A short form of any number. */
export function short(value: number): string {
  const { plain, compact, scientific } = formats();
  const size = Math.abs(value);
  if (size !== 0 && size < 0.000_1) return scientific.format(value);
  return size < 100_000 ? plain.format(value) : compact.format(value);
}
