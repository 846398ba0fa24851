/** The timeline of a run, in order of start: nested steps and how long each took. */
import { t } from '../../../i18n/run.ts';
import type { RunDetail } from '../../../run/detail.ts';
import type { TimelineRow } from '../../../run/timeline.ts';
import { timelineRows } from '../../../run/timeline.ts';
import { Glyph } from '../../parts/glyph.tsx';
import { elapsed, exactTime, took } from '../../parts/times.ts';
import { itemWords } from './item-words.ts';
import { Empty } from '../empty.tsx';
import { Recent } from '../history/recent.tsx';
import css from './timeline.module.css';

export interface TimeSpan {
  /** Epoch milliseconds by the service's clock. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface TimelineProps {
  readonly detail: RunDetail;
  /** From the start of the run to its end, or to now. */
  readonly span: TimeSpan;
}

export function Timeline({ detail, span }: TimelineProps) {
  const rows = timelineRows(detail.items.values());
  if (rows.length === 0) return <Empty>{t('empty.timeline')}</Empty>;
  return (
    <Recent all={rows} dropped={detail.droppedItems}>
      {(shown) => (
        <ul class={css['rows']} aria-label={t('tab.timeline')}>
          {shown.map((row) => (
            <Row key={row.item.seq} row={row} span={span} />
          ))}
        </ul>
      )}
    </Recent>
  );
}

function Row({ row: { item, depth }, span }: { row: TimelineRow; span: TimeSpan }) {
  const { glyph, title, note, isProblem } = itemWords(item);
  const atMs = Date.parse(item.time);
  const progress = item.kind === 'step' ? item.progress : undefined;
  const lasted = item.kind === 'step' ? lastedOf(item, span.toMs) : undefined;
  return (
    <li
      class={`${css['row']} ${item.kind === 'phase' ? css['phase'] : ''}`}
      aria-level={depth + 1}
      style={{ '--depth': depth }}
    >
      <time class={css['time']} dateTime={item.time} title={exactTime(atMs)}>
        {elapsed(atMs - span.fromMs)}
      </time>
      <span class={css['what']}>
        {glyph ? <Glyph name={glyph} /> : <i class={css['dot']} />}
        <span class={css['words']}>
          <bdi class={css['title']}>{title}</bdi>
          {note !== '' && <bdi class={isProblem ? css['problem'] : css['note']}>{note}</bdi>}
          {progress !== undefined && (
            <progress
              class={css['progress']}
              value={progress}
              aria-label={t('step.progress', { name: title })}
            />
          )}
        </span>
      </span>
      {lasted && (
        <>
          <span class={css['lane']} aria-hidden="true">
            <i class={css[lasted.tone]} style={placeOf(lasted, span)} />
          </span>
          <span class={css['took']}>{took(lasted.toMs - lasted.fromMs)}</span>
        </>
      )}
    </li>
  );
}

type StepOfTimeline = Extract<TimelineRow['item'], { kind: 'step' }>;

function lastedOf({ startedAt, endedAt, state }: StepOfTimeline, nowMs: number) {
  // a skipped step, or one whose start was not reported, has no duration
  if (startedAt === undefined || state === 'skipped') return undefined;
  const toMs = endedAt === undefined ? nowMs : Date.parse(endedAt);
  return { fromMs: Date.parse(startedAt), toMs, tone: state };
}

function placeOf({ fromMs, toMs }: TimeSpan, whole: TimeSpan) {
  const length = Math.max(1, whole.toMs - whole.fromMs);
  const share = (ms: number) => Math.min(100, Math.max(0, (ms / length) * 100));
  return {
    insetInlineStart: `${share(fromMs - whole.fromMs)}%`,
    inlineSize: `${share(toMs - fromMs)}%`,
  };
}
