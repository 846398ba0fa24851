/** A line of output in its colours, with the matches of the search marked. */
import { t } from '../../../i18n/run.ts';
import { textStyleOf } from '../../../run/colors.ts';
import type { Match } from '../../../run/search.ts';
import type { Segment } from '../../../run/segments.ts';
import { segmentsOf } from '../../../run/segments.ts';
import type { Line } from '../../../run/terminal.ts';
import css from './output.module.css';

interface OutputLineProps {
  readonly line: Line;
  /** Line number, from 1. */
  readonly number: number;
  readonly topPx: number;
  readonly matches: readonly Match[] | undefined;
  /** Length of each match in characters. */
  readonly length: number;
  readonly current: Match | undefined;
}

export function OutputLine(props: OutputLineProps) {
  const { line, number, topPx, matches = [], length, current } = props;
  const marks = matches.map((match) => ({ at: match.at, isCurrent: match === current }));
  const isError = line.stream === 'stderr';
  return (
    <div
      class={`${css['line']} ${isError ? css['stderr'] : ''}`}
      title={isError ? t('output.stderr') : undefined}
      style={{ transform: `translateY(${topPx}px)` }}
    >
      <span class={css['number']} aria-hidden="true" data-number={number} />
      <span class={css['text']}>
        {segmentsOf(line, marks, length).map((segment, index) => (
          <Piece key={index} segment={segment} />
        ))}
      </span>
    </div>
  );
}

function Piece({ segment: { text, style, match } }: { segment: Segment }) {
  if (match) return <mark data-match={match}>{text}</mark>;
  const { color, background, bold, underline } = textStyleOf(style);
  if (!color && !background && !bold && !underline) return <>{text}</>;
  return (
    <span
      style={{
        ...(color !== undefined && { color }),
        ...(background !== undefined && { background }),
        ...(bold && { fontWeight: 700 }),
        ...(underline && { textDecoration: 'underline' }),
      }}
    >
      {text}
    </span>
  );
}
