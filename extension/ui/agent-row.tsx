/** One agent: what it is, how it is, what can be asked of it. */
import css from './agent-row.module.css';
import { Glyph } from './glyph.tsx';
import type { Model, Paired } from './model.ts';
import { hostOf, keyOf } from './model.ts';
import type { Pending } from './pending.ts';
import type { Bar, Row, RowTime } from './rows.ts';
import { ago, elapsed, exactly } from './times.ts';
import { STATUS_WORDS } from './words.ts';

export interface AgentRowProps {
  readonly model: Model;
  readonly paired: Paired;
  readonly row: Row;
  /** In the one place that Tab reaches of the list. */
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
}

export function AgentRow({ model, paired, row: settled, isCurrent, onFocus }: AgentRowProps) {
  const { service, view } = paired;
  const pending = model.pending.of(keyOf(service.id, settled.agent));
  const row = withPending(settled, pending);
  const nowMs = model.nowMs.value + view.clockOffsetMs;
  const words = [STATUS_WORDS[row.status], row.host, row.line].filter(Boolean).join(', ');
  const { progress } = row;
  return (
    <li
      class={css['row']}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={`${row.name}: ${words}`}
      data-agent={row.agent}
      data-service={service.id}
      title={hostOf(service)}
      onFocusCapture={onFocus}
    >
      <Glyph name={row.status} />
      <span class={css['name']}>
        <bdi>{row.name}</bdi>
        {row.host !== undefined && <bdi class={css['host']}>{row.host}</bdi>}
      </span>
      <span class={css['end']}>
        <Bars bars={row.bars} />
        {row.time && <Time time={row.time} nowMs={nowMs} />}
        <Buttons model={model} paired={paired} row={row} isCurrent={isCurrent} />
      </span>
      {pending?.kind === 'refused' ? (
        <span class={`${css['line']} ${css['trouble']}`}>{pending.reason}</span>
      ) : (
        <bdi class={`${css['line']} ${row.isTrouble ? css['trouble'] : ''}`} title={row.line}>
          {row.line}
        </bdi>
      )}
      {progress !== undefined && (
        <progress class={css['progress']} value={progress} aria-label="Progress" />
      )}
    </li>
  );
}

/** What was asked for shows at once; the service's word replaces it. */
function withPending(row: Row, pending: Pending | undefined): Row {
  if (pending?.kind === 'run') {
    const asked = { status: 'requested', line: 'Starting…', isTrouble: false } as const;
    return { ...row, ...asked, time: undefined, canRun: false };
  }
  if (pending?.kind === 'cancel') {
    return { ...row, status: 'cancelling', line: 'Cancelling…', cancel: undefined };
  }
  return row;
}

function Buttons({ model, paired, row, isCurrent }: Omit<AgentRowProps, 'onFocus'>) {
  const { service } = paired;
  const { cancel } = row;
  const tabIndex = isCurrent ? 0 : -1;
  if (cancel !== undefined) {
    return (
      <button
        type="button"
        class={css['button']}
        tabIndex={tabIndex}
        aria-label={`Cancel ${row.name}`}
        onClick={() => model.actions.cancel(service.id, row.agent, cancel)}
      >
        Cancel
      </button>
    );
  }
  if (!row.canRun) return null;
  return (
    <button
      type="button"
      class={`${css['button']} ${css['run']}`}
      tabIndex={tabIndex}
      aria-label={`Run ${row.name}`}
      onClick={() => model.actions.run(service.id, row.agent)}
    >
      Run
    </button>
  );
}

function Time({ time, nowMs }: { time: RowTime; nowMs: number }) {
  if (time.kind === 'elapsed') {
    return <span class={css['time']}>{elapsed(nowMs - time.sinceMs)}</span>;
  }
  const words = ago(time.atMs, nowMs);
  return (
    <time
      class={css['time']}
      dateTime={new Date(time.atMs).toISOString()}
      title={exactly(time.atMs)}
    >
      {time.kind === 'seen' ? `seen ${words}` : words}
    </time>
  );
}

function Bars({ bars }: { bars: readonly Bar[] }) {
  if (bars.length < 2) return null;
  const failed = bars.filter(({ outcome }) => outcome === 'failed').length;
  return (
    <span class={css['bars']} role="img" aria-label={`${failed} of the last ${bars.length} failed`}>
      {bars.map(({ outcome, height }, index) => (
        <i
          key={index}
          class={css[outcome]}
          style={{ blockSize: `${Math.round(3 + height * 9)}px` }}
        />
      ))}
    </span>
  );
}
