/** The agents of one service, in sections; one stop for Tab, arrows inside. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useKeptFocus } from './kept-focus.ts';
import { t } from '../i18n/list.ts';
import { mutedKey } from '../shared/settings.ts';
import css from './agent-list.module.css';
import { AgentRow } from './agent-row.tsx';
import { Copyable } from './copyable.tsx';
import { Glyph } from './glyph.tsx';
import type { Model, Paired } from './model.ts';
import { hostOf } from './model.ts';
import { MoreRows } from './more-rows.tsx';
import { QuestionCard } from './question-card.tsx';
import { questionsOf } from './questions.ts';
import type { RowAction } from './row-actions.ts';
import { ACTION_KEYS } from './row-actions.ts';
import type { Row, Section } from './rows.ts';
import { sectionsOf } from './rows.ts';
import { RunForm } from './run-form.tsx';

/** What a popup shows at once; the next picture has the others. 12 instead of 30 save 20 ms of the first (measured). */
const FIRST_ROWS = 12;
const MORE_ROWS = 50;

interface AgentListProps {
  readonly model: Model;
  readonly paired: Paired;
  /** Its name is shown when there are others. */
  readonly isOneOfSeveral: boolean;
  /** Words that must all be found. */
  readonly search: string;
}

export function AgentList({ model, paired, isOneOfSeveral, search }: AgentListProps) {
  const { service, view } = paired;
  const { muted, show } = model.chosen.value.settings;
  const isOnlyMine = show === 'mine';
  const questions = questionsOf(view.fleet).filter((question) => matches(question, search));
  const sections = sectionsOf(view.fleet, service.user)
    .map(({ id, rows }) => ({
      id,
      rows: rows.filter((row) => (row.isMine || !isOnlyMine) && matches(row, search)),
    }))
    .filter(({ rows }) => rows.length > 0);
  const isEmpty = Object.keys(view.fleet.agents).length === 0;
  const rows = sections.flatMap((section) => section.rows);
  const current = useSignal<string | undefined>(undefined);
  const asking = useSignal<{ readonly agent: string; readonly queue: boolean } | undefined>(
    undefined,
  );
  const room = useSignal(FIRST_ROWS);
  const asked = asking.value && view.fleet.agents[asking.value.agent];
  const act = (row: Row, action: RowAction) => {
    if (action.kind === 'view') model.actions.openRun(service.id, action.run);
    else if (action.kind === 'history') model.actions.openHistory(service.id, row.agent);
    else if (row.asksBeforeRun && (action.kind === 'run' || action.kind === 'queue')) {
      asking.value = { agent: row.agent, queue: action.kind === 'queue' };
    } else model.actions.act(service.id, row.agent, action);
  };
  const isMuted = ({ agent }: Row) => muted.includes(mutedKey(service.id, agent));
  const currentAgent = rows.some(({ agent }) => agent === current.value)
    ? current.value
    : rows[0]?.agent;
  const root = useRef<HTMLElement>(null);
  const keptFocus = useKeptFocus(root);
  return (
    <section
      ref={root}
      {...keptFocus}
      class={view.connection.state === 'live' ? '' : css['dimmed']}
      aria-label={hostOf(service)}
      onKeyDown={(event) => onKey(event, rows, isMuted, act)}
    >
      {isOneOfSeveral && <h1 class={css['service']}>{hostOf(service)}</h1>}
      {isEmpty && view.cursor !== undefined && <NoAgents />}
      {!isEmpty && rows.length + questions.length === 0 && (
        <p class={css['empty']}>
          {search === '' ? t('show.no-mine') : t('search.nothing', { search })}
        </p>
      )}
      {questions.length > 0 && (
        <div>
          <h2 class={css['title']}>
            {t('section.needs-you')} <span>{questions.length}</span>
          </h2>
          <ul aria-label={t('section.needs-you')}>
            {questions.map((question) => (
              <QuestionCard key={question.id} model={model} paired={paired} question={question} />
            ))}
          </ul>
        </div>
      )}
      {within(sections, room.value).map(({ id, rows: shown, count }) => (
        <div key={id} data-section={id}>
          <h2 class={css['title']}>
            {t(`section.${id}`)} <span>{count}</span>
          </h2>
          <ul aria-label={t(`section.${id}`)}>
            {shown.map((row) => (
              <AgentRow
                key={row.agent}
                model={model}
                paired={paired}
                row={row}
                isCurrent={row.agent === currentAgent}
                isMuted={isMuted(row)}
                onFocus={() => {
                  current.value = row.agent;
                }}
                onAct={(action) => act(row, action)}
              />
            ))}
          </ul>
        </div>
      ))}
      {rows.length > room.value && (
        <MoreRows
          count={rows.length - room.value}
          onNear={() => {
            room.value += MORE_ROWS;
          }}
        />
      )}
      {asked && (
        <RunForm
          agent={asked}
          onRun={(body) =>
            model.actions.run(service.id, asked.id, {
              ...body,
              ...(asking.value?.queue && { queue: true }),
            })
          }
          onClose={() => {
            asking.value = undefined;
          }}
        />
      )}
    </section>
  );
}

/** The first rows of all sections together. */
function within(sections: readonly Section[], room: number) {
  let left = room;
  return sections.flatMap(({ id, rows }) => {
    const shown = rows.slice(0, Math.max(0, left));
    left -= rows.length;
    return shown.length === 0 ? [] : [{ id, rows: shown, count: rows.length }];
  });
}

interface Searched {
  readonly name: string;
  readonly host?: string | undefined;
  readonly tags?: readonly string[];
  readonly line?: string;
  readonly title?: string;
}

function matches(
  { name, host = '', tags = [], line = '', title = '' }: Searched,
  search: string,
): boolean {
  const text = [name, host, ...tags, line, title].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function NoAgents() {
  return (
    <div class={css['empty']}>
      <Glyph name="idle" />
      <p>{t('no-agents')}</p>
      <Copyable text="npm run -s agentlight -- run -- npm test" />
    </div>
  );
}

/** ↑ ↓ j k move, Home and End jump, letters act; Enter presses what the row offers first. */
function onKey(
  event: KeyboardEvent,
  rows: readonly Row[],
  isMuted: (row: Row) => boolean,
  onAct: (row: Row, action: RowAction) => void,
): void {
  const { target, currentTarget, key } = event;
  if (!(target instanceof HTMLElement) || !(currentTarget instanceof HTMLElement)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const item = target.closest<HTMLElement>('li[data-agent], li[data-question]');
  if (!item || target.matches('input, textarea')) return;
  const items = [
    ...currentTarget.querySelectorAll<HTMLElement>('li[data-agent], li[data-question]'),
  ];
  const move = MOVES[key]?.(items.indexOf(item), items.length);
  if (move !== undefined) {
    event.preventDefault();
    items[Math.max(0, Math.min(items.length - 1, move))]?.focus();
    return;
  }
  const row = rows.find(({ agent }) => agent === item.dataset['agent']);
  const action =
    key === 'Enter' && target === item
      ? row?.actions[0]
      : [...(row?.actions ?? []), ...(row?.looks ?? [])].find(
          ({ kind }) => ACTION_KEYS[kind] === key,
        );
  if (row && action) onAct(row, action);
  else if (row && key === ACTION_KEYS.mute) onAct(row, { kind: isMuted(row) ? 'unmute' : 'mute' });
}

const MOVES: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at) => at + 1,
  j: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  k: (at) => at - 1,
  Home: () => 0,
  End: (_at, count) => count - 1,
};
