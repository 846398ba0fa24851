/** The head of the popup: the answer in a line, what is new, and how many agents are in which state. */
import { useComputed } from '@preact/signals';
import { t } from '../i18n/list.ts';
import type { Hold } from './guard/hold.ts';
import css from './header.module.css';
import { rowCount, sectionsOf } from './list/rows.ts';
import type { Model, Paired } from './model.ts';
import { Glyph } from './parts/glyph.tsx';
import { PauseMenu } from './parts/notification-pause.tsx';
import { clockTime } from './parts/times.ts';
import hidden from './parts/visually-hidden.module.css';
import { isAway } from './parts/words.ts';
import { questionsOf } from './question/questions.ts';

interface HeaderProps {
  readonly model: Model;
  readonly hold: Hold;
  /** Called when the person asks for what waits. */
  readonly onPlace: () => void;
}

export function Header({ model, hold, onPlace }: HeaderProps) {
  const waiting = hold.waiting.value;
  return (
    <header class={css['header']}>
      <h1>{headline(model.paired.value)}</h1>
      {waiting > 0 ? (
        <button type="button" class={css['new']} aria-keyshortcuts="n" onClick={onPlace}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 13V3.5M4 7.2l4-4 4 4" />
          </svg>
          {t('headline.new', { count: waiting })}
        </button>
      ) : (
        <span class={css['beside']}>{besideHeadline(model.paired.value, model.nowMs.value)}</span>
      )}
      <span class={css['space']} />
      {model.actions.openSidePanel && (
        <button
          type="button"
          class={css['icon']}
          aria-label={t('side-panel')}
          title={t('side-panel')}
          onClick={() => model.actions.openSidePanel?.()}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <rect x="3.5" y="5" width="17" height="14" rx="2.5" />
            <path d="M14.5 5v14" />
          </svg>
        </button>
      )}
      <PauseMenu model={model} />
      <button
        type="button"
        class={css['icon']}
        aria-label={t('options')}
        title={t('options')}
        onClick={() => model.actions.openOptions()}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 7h10m4 0h2M4 17h2m4 0h10" />
          <circle cx="16" cy="7" r="2.2" />
          <circle cx="8" cy="17" r="2.2" />
        </svg>
      </button>
    </header>
  );
}

/** What matters most, in the order of the list. */
function headline(all: readonly Paired[]): string {
  if (isAllAway(all)) return t('headline.away');
  const { needsYou, failed, running } = totals(all);
  if (needsYou > 0) return t('count.needs-you', { count: needsYou });
  if (failed > 0) return t('count.failed', { count: failed });
  if (running > 0) return t('count.running', { count: running });
  return t('headline.quiet');
}

function besideHeadline(all: readonly Paired[], nowMs: number): string {
  if (isAllAway(all)) {
    const asOfMs = Math.max(...all.map(({ view }) => view.asOfMs));
    return t('connection.as-of', { time: clockTime(asOfMs, nowMs) });
  }
  const count = all.reduce((sum, { view }) => sum + Object.keys(view.fleet.agents).length, 0);
  return t('headline.agents', { count });
}

function isAllAway(all: readonly Paired[]): boolean {
  return all.every(({ view }) => isAway(view.connection));
}

function totals(all: readonly Paired[]) {
  const sections = all.map(({ service, view }) => sectionsOf(view.fleet, service.user));
  const total = (id: 'failed' | 'lost' | 'running') =>
    sections.reduce((sum, one) => sum + rowCount(one, id), 0);
  const needsYou = all.reduce((sum, { view }) => sum + questionsOf(view.fleet).length, 0);
  return { needsYou, failed: total('failed'), lost: total('lost'), running: total('running') };
}

/** A count of zero keeps its place, so that nothing moves when it changes. */
export function Counts({ model }: { readonly model: Model }) {
  const counts = useComputed(() => totals(model.paired.value));
  const { needsYou, failed, lost, running } = counts.value;
  return (
    <span class={css['counts']} data-away={isAllAway(model.paired.value)}>
      <Count
        glyph="needs-approval"
        words={t('count.needs-you', { count: needsYou })}
        count={needsYou}
      />
      <Count glyph="failed" words={t('count.failed', { count: failed })} count={failed} />
      {lost > 0 && <Count glyph="lost" words={t('count.lost', { count: lost })} count={lost} />}
      <Count glyph="running" words={t('count.running', { count: running })} count={running} />
    </span>
  );
}

interface CountProps {
  readonly glyph: 'needs-approval' | 'failed' | 'lost' | 'running';
  readonly count: number;
  readonly words: string;
}

function Count({ glyph, count, words }: CountProps) {
  return (
    <span class={css['count']} title={words} data-none={count === 0}>
      <Glyph name={glyph} />
      <span aria-hidden="true">{count}</span>
      <span class={hidden['visually-hidden']}>{words}</span>
    </span>
  );
}
