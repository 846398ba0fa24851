/** The values of one metric over time, thinned to a limited number of points. Pure. */
import type { EventData } from '../../protocol/events/event.ts';

export interface Point {
  /** The reported step, else the time in milliseconds since 1970. */
  readonly x: number;
  readonly value: number;
}

export interface Series {
  readonly name: string;
  readonly unit: string | undefined;
  readonly objective: 'min' | 'max' | undefined;
  /** Whether all values have a step. */
  readonly hasSteps: boolean;
  /** Every `stride`-th reported value. */
  readonly points: readonly Point[];
  readonly stride: number;
  readonly count: number;
  readonly last: Point;
  readonly lowest: Point;
  readonly highest: Point;
}

/** Beyond this limit every second point is dropped, and from then on only every second value is added. */
export const MAX_POINTS = 2_000;

/** @param time of the report, ISO 8601. */
export function addPoint(
  series: Series | undefined,
  { name, value, unit, step, objective }: EventData<'metric.reported'>,
  time: string,
): Series {
  const point = { x: step ?? Date.parse(time), value };
  if (!series) {
    const hasSteps = step !== undefined;
    const extremes = { last: point, lowest: point, highest: point };
    return {
      ...{ name, unit, objective, hasSteps, points: [point], stride: 1, count: 1 },
      ...extremes,
    };
  }
  const { stride, count, points, lowest, highest } = series;
  const all = count % stride === 0 ? [...points, point] : points;
  const isFull = all.length > MAX_POINTS;
  return {
    name,
    unit: unit ?? series.unit,
    objective: objective ?? series.objective,
    hasSteps: series.hasSteps && step !== undefined,
    points: isFull ? all.filter((_point, index) => index % 2 === 0) : all,
    stride: isFull ? stride * 2 : stride,
    count: count + 1,
    last: point,
    lowest: value < lowest.value ? point : lowest,
    highest: value > highest.value ? point : highest,
  };
}

/** The points to draw, in the order of the axis; always includes the last one and the extremes. */
export function drawnPoints({ points, last, lowest, highest }: Series): readonly Point[] {
  return [...new Set([...points, lowest, highest, last])].toSorted((a, b) => a.x - b.x);
}

/** The best value, if the series has an objective. */
export function bestOf({ objective, lowest, highest }: Series): Point | undefined {
  return objective && (objective === 'min' ? lowest : highest);
}
