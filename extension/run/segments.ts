/** Splits a line of output into segments of the same style. Pure. */
import type { Style } from './ansi.ts';
import { PLAIN } from './ansi.ts';
import type { Line } from './terminal.ts';

export interface Segment {
  readonly text: string;
  readonly style: Style;
  readonly match?: 'one' | 'current';
}

export interface Marked {
  readonly at: number;
  readonly isCurrent: boolean;
}

/** @param marks positions of the matches, ascending. @param length characters of each match. */
export function segmentsOf(
  { text, spans }: Line,
  marks: readonly Marked[] = [],
  length = 0,
): readonly Segment[] {
  if (text === '') return [];
  const edges = new Set([0, text.length]);
  for (const { at } of spans) edges.add(at);
  for (const { at } of marks) edges.add(at).add(at + length);
  const cuts = [...edges].filter((cut) => cut <= text.length).sort((a, b) => a - b);
  let span = -1;
  let mark = 0;
  return cuts.slice(0, -1).map((cut, index) => {
    while ((spans[span + 1]?.at ?? Infinity) <= cut) span += 1;
    while ((marks[mark]?.at ?? Infinity) + length <= cut) mark += 1;
    const style = spans[span]?.style ?? PLAIN;
    const marked = marks[mark];
    const segment = { text: text.slice(cut, cuts[index + 1]), style };
    if (!marked || marked.at > cut) return segment;
    return { ...segment, match: marked.isCurrent ? 'current' : 'one' } as const;
  });
}
