/** The agents of one service, in sections; one stop for Tab, arrows inside. */
import { useSignal } from '@preact/signals';
import css from './agent-list.module.css';
import { AgentRow } from './agent-row.tsx';
import { Copyable } from './copyable.tsx';
import { Glyph } from './glyph.tsx';
import type { Model, Paired } from './model.ts';
import { hostOf } from './model.ts';
import { QuestionCard } from './question-card.tsx';
import { questionsOf } from './questions.ts';
import type { Row, SectionId } from './rows.ts';
import { sectionsOf } from './rows.ts';

const TITLES: Record<SectionId, string> = {
  failed: 'Failed',
  lost: 'Out of contact',
  running: 'Running',
  idle: 'Idle',
  offline: 'Offline',
};

interface AgentListProps {
  readonly model: Model;
  readonly paired: Paired;
  /** Its name is shown when there are others. */
  readonly isOneOfSeveral: boolean;
}

export function AgentList({ model, paired, isOneOfSeveral }: AgentListProps) {
  const { service, view } = paired;
  const questions = questionsOf(view.fleet);
  const sections = sectionsOf(view.fleet);
  const rows = sections.flatMap((section) => section.rows);
  const current = useSignal<string | undefined>(undefined);
  const currentAgent = rows.some(({ agent }) => agent === current.value)
    ? current.value
    : rows[0]?.agent;
  return (
    <section
      class={view.connection.state === 'live' ? '' : css['dimmed']}
      aria-label={hostOf(service)}
      onKeyDown={(event) => onKey(event, model, service.id, rows)}
    >
      {isOneOfSeveral && <h1 class={css['service']}>{hostOf(service)}</h1>}
      {rows.length + questions.length === 0 && view.cursor !== undefined && <NoAgents />}
      {questions.length > 0 && (
        <div>
          <h2 class={css['title']}>
            Needs you <span>{questions.length}</span>
          </h2>
          <ul aria-label="Needs you">
            {questions.map((question) => (
              <QuestionCard key={question.id} model={model} paired={paired} question={question} />
            ))}
          </ul>
        </div>
      )}
      {sections.map(({ id, rows: ofSection }) => (
        <div key={id}>
          <h2 class={css['title']}>
            {TITLES[id]} <span>{ofSection.length}</span>
          </h2>
          <ul aria-label={TITLES[id]}>
            {ofSection.map((row) => (
              <AgentRow
                key={row.agent}
                model={model}
                paired={paired}
                row={row}
                isCurrent={row.agent === currentAgent}
                onFocus={() => {
                  current.value = row.agent;
                }}
              />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function NoAgents() {
  return (
    <div class={css['empty']}>
      <Glyph name="idle" />
      <p>No agents yet. Wrap any command, and it is one:</p>
      <Copyable text="npm run -s agentlight -- run -- npm test" />
    </div>
  );
}

/** ↑ ↓ j k move, Home and End jump, r runs, c cancels; Enter presses whatever the row offers. */
function onKey(event: KeyboardEvent, model: Model, service: string, rows: readonly Row[]): void {
  const { target, currentTarget, key } = event;
  if (!(target instanceof HTMLElement) || !(currentTarget instanceof HTMLElement)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const item = target.closest<HTMLElement>('li[data-agent]');
  const row = rows.find(({ agent }) => agent === item?.dataset['agent']);
  if (!item || !row) return;
  const items = [...currentTarget.querySelectorAll<HTMLElement>('li[data-agent]')];
  const at = items.indexOf(item);
  const move = MOVES[key]?.(at, items.length);
  if (move !== undefined) {
    event.preventDefault();
    items[Math.max(0, Math.min(items.length - 1, move))]?.focus();
    return;
  }
  const { cancel } = row;
  const isOnRow = target === item;
  if (row.canRun && (key === 'r' || (key === 'Enter' && isOnRow))) {
    model.actions.run(service, row.agent);
  }
  if (cancel !== undefined && key === 'c') model.actions.cancel(service, row.agent, cancel);
}

const MOVES: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at) => at + 1,
  j: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  k: (at) => at - 1,
  Home: () => 0,
  End: (_at, count) => count - 1,
};
