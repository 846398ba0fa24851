/** One agent: its name, its state and its actions. */
import type { JSX } from 'preact';
import { t } from '../../i18n/list.ts';
import css from './agent-row.module.css';
import { Glyph } from '../parts/glyph.tsx';
import type { Model, Paired } from '../model.ts';
import { runPath } from '../../shared/pages.ts';
import { hostOf, keyOf } from '../model.ts';
import type { PendingAction } from '../pending.ts';
import type { RowAction } from './row-actions.ts';
import { actionWords } from './row-actions.ts';
import { RowMenu } from './row-menu.tsx';
import type { Bar, Row, RowTime } from './rows.ts';
import { rowLine } from './rows.ts';
import { ago, elapsed, exactTime } from '../parts/times.ts';
import { BellPath } from '../parts/notification-pause.tsx';
import { acknowledgedWords, statusWords } from '../parts/words.ts';

export interface AgentRowProps {
  readonly model: Model;
  readonly paired: Paired;
  readonly row: Row;
  /** Whether it is the Tab stop of the list. */
  readonly isCurrent: boolean;
  readonly isMuted: boolean;
  /** Shown beside its name: its machine, its service, both or neither. */
  readonly places: readonly string[];
  readonly onFocus: () => void;
  readonly onAct: (action: RowAction) => void;
}

export function AgentRow({
  model,
  paired,
  row: settled,
  isCurrent,
  isMuted,
  places,
  onFocus,
  onAct,
}: AgentRowProps) {
  const { service, view } = paired;
  const pending = model.pending.of(keyOf(service.id, settled.agent));
  const row = withPending(settled, pending);
  const nowMs = model.nowMs.value + view.clockOffsetMs;
  const acknowledged = acknowledgedWords(row.acknowledgedBy, service.user);
  const line = rowLine(row, nowMs);
  const muted = isMuted && t('row.is-muted');
  const words = [statusWords(row.status), ...places, line, acknowledged, muted].filter(
    (word) => typeof word === 'string' && word !== '',
  );
  const { progress } = row;
  return (
    <li
      class={css['row']}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={t('row.label', { name: row.name, words: words.join(', ') })}
      data-agent={row.agent}
      data-service={service.id}
      data-connection={view.connection.state}
      title={hostOf(service)}
      onFocusCapture={onFocus}
    >
      <Glyph name={row.status} />
      <span class={css['name']}>
        <RunLink
          row={row}
          service={service.id}
          label={t('row.open', { name: row.name })}
          onAct={onAct}
        >
          <bdi>{row.name}</bdi>
        </RunLink>
        {places.map((place) => (
          <bdi key={place} class={css['host']}>
            {place}
          </bdi>
        ))}
        {isMuted && (
          <svg class={css['muted']} viewBox="0 0 16 16" role="img" aria-label={t('row.muted')}>
            <BellPath isOff />
          </svg>
        )}
        {acknowledged !== undefined && <bdi class={css['acknowledged']}>{acknowledged}</bdi>}
      </span>
      <span class={css['end']}>
        <Bars bars={row.bars} />
        {row.time && <Time time={row.time} nowMs={nowMs} />}
        <Buttons row={row} isMuted={isMuted} tabIndex={isCurrent ? 0 : -1} onAct={onAct} />
      </span>
      {pending?.kind === 'refused' ? (
        <span class={`${css['line']} ${css['problem']} ${css['whole']}`}>
          {pending.type === 'already-running' ? (
            <AlreadyRunning
              name={row.name}
              tabIndex={isCurrent ? 0 : -1}
              onQueue={() => onAct({ kind: 'queue' })}
            />
          ) : (
            pending.reason
          )}
        </span>
      ) : (
        <span
          class={`${css['line']} ${row.isFailure ? css['problem'] : ''}`}
          dir="auto"
          title={line}
        >
          <RunLink row={row} service={service.id} onAct={onAct}>
            <>{line}</>
          </RunLink>
        </span>
      )}
      {progress !== undefined && (
        <progress class={css['progress']} value={progress} aria-label={t('row.progress')} />
      )}
    </li>
  );
}

/** The row as it will be once the service confirms the pending request. */
function withPending(row: Row, pending: PendingAction | undefined): Row {
  if (pending?.kind === 'run') {
    const requested = { status: 'requested', line: t('line.starting'), isFailure: false } as const;
    return { ...row, ...requested, lostRun: undefined, time: undefined, actions: [] };
  }
  if (pending?.kind === 'cancel') {
    return { ...row, status: 'cancelling', line: t('line.cancelling'), actions: [] };
  }
  return row;
}

interface AlreadyRunningProps {
  readonly name: string;
  readonly tabIndex: number;
  readonly onQueue: () => void;
}

function AlreadyRunning({ name, tabIndex, onQueue }: AlreadyRunningProps) {
  return (
    <>
      <bdi>{t('row.already-running', { name })}</bdi>{' '}
      <button type="button" class={css['queueIt']} tabIndex={tabIndex} onClick={onQueue}>
        {t('row.queue-it')}
      </button>
    </>
  );
}

interface RunLinkProps {
  readonly row: Row;
  readonly service: string;
  readonly onAct: (action: RowAction) => void;
  /** Defaults to its content. */
  readonly label?: string;
  readonly children: JSX.Element;
}

/** A link to the run for pointer users. It is no Tab stop, as the row's keys and menu open the run, too. */
function RunLink({ row: { run }, service, onAct, label, children }: RunLinkProps) {
  if (run === undefined) return children;
  return (
    <a
      href={runPath(service, run)}
      class={css['open']}
      tabIndex={-1}
      aria-label={label}
      onClick={(event) => {
        // with a modifier key, the browser opens the link in a new tab or window
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        onAct({ kind: 'view', run });
      }}
    >
      {children}
    </a>
  );
}

interface ButtonsProps {
  readonly row: Row;
  readonly isMuted: boolean;
  readonly tabIndex: number;
  readonly onAct: (action: RowAction) => void;
}

function Buttons({ row, isMuted, tabIndex, onAct }: ButtonsProps) {
  const [first, ...others] = row.actions;
  const muting: RowAction = { kind: isMuted ? 'unmute' : 'mute' };
  const rest = [...others, ...row.navigation, muting];
  return (
    <span class={css['buttons']}>
      <RowMenu name={row.name} actions={rest} tabIndex={tabIndex} onAct={onAct} />
      {first && (
        <button
          type="button"
          class={`${css['button']} ${first.kind === 'run' ? css['run'] : ''}`}
          tabIndex={tabIndex}
          aria-label={`${actionWords(first.kind)} ${row.name}`}
          onClick={() => onAct(first)}
        >
          {actionWords(first.kind)}
        </button>
      )}
    </span>
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
      title={exactTime(time.atMs)}
    >
      {time.kind === 'seen' ? t('row.seen', { time: words }) : words}
    </time>
  );
}

function Bars({ bars }: { bars: readonly Bar[] }) {
  if (bars.length < 2) return null;
  const failed = bars.filter(({ outcome }) => outcome === 'failed').length;
  return (
    <span
      class={css['bars']}
      role="img"
      aria-label={t('row.failures', { failed, total: bars.length })}
    >
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
