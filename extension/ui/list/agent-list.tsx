/** The agents of one or several services, in groups. The list is one Tab stop; arrow keys move inside. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useKeptFocus } from './kept-focus.ts';
import { t } from '../../i18n/list.ts';
import { mutedKey } from '../../shared/settings.ts';
import css from './agent-list.module.css';
import { AgentRow } from './agent-row.tsx';
import { Copyable } from '../parts/copyable.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { GroupHeading } from './group-heading.tsx';
import type { Group, GroupBy, GroupedRow } from './groups.ts';
import { groupsOf, firstRows } from './groups.ts';
import { onListKey } from './list-keys.ts';
import type { Model, Paired } from '../model.ts';
import { hostOf, keyOf } from '../model.ts';
import { MoreRows } from './more-rows.tsx';
import { QuestionCard } from '../question/question-card.tsx';
import { questionsOf } from '../question/questions.ts';
import type { RowAction } from './row-actions.ts';
import { performRowAction } from '../perform-row-action.ts';
import { sectionsOf } from './rows.ts';
import { RunForm } from '../form/run-form.tsx';
import { matchesSearch } from './search.ts';

/** Rows in the first frame; the next frame adds the others. 12 instead of 30 show the first 20 ms sooner (measured). */
const FIRST_ROWS = 12;
const MORE_ROWS = 50;
const NONE: ReadonlySet<string> = new Set();

interface AgentListProps {
  readonly model: Model;
  /** Services whose agents are shown; at least one. */
  readonly services: readonly Paired[];
  readonly by: GroupBy;
  /** Whether there are other lists; then the name of the service is shown. */
  readonly isOneOfSeveral: boolean;
  /** Words that an agent must all match. */
  readonly search: string;
}

export function AgentList({ model, services, by, isOneOfSeveral, search }: AgentListProps) {
  const { muted, show, folded } = model.chosen.value.settings;
  const isOnlyMine = show === 'mine';
  const isMixed = services.length > 1;
  const byId = new Map(services.map((paired) => [paired.service.id, paired]));
  const questions = services
    .flatMap((paired) => questionsOf(paired.view.fleet).map((question) => ({ paired, question })))
    .filter(({ question }) => matchesSearch(question, search))
    .toSorted((a, b) => a.question.askedMs - b.question.askedMs);
  const lists = services.map(({ service, view }) => ({
    service: service.id,
    name: hostOf(service),
    sections: sectionsOf(view.fleet, service.user).map(({ id, rows }) => ({
      id,
      rows: rows.filter((row) => (row.isMine || !isOnlyMine) && matchesSearch(row, search)),
    })),
  }));
  const groups = groupsOf(lists, by);
  const limit = useSignal(FIRST_ROWS);
  // search results are shown in folded groups, too
  const visible = firstRows(groups, search === '' ? new Set(folded) : NONE, limit.value);
  const current = useSignal<string | undefined>(undefined);
  const asking = useSignal<(GroupedRow & { readonly queue: boolean }) | undefined>(undefined);
  const onAct = (placed: GroupedRow, action: RowAction) => {
    const { kind } = action;
    const isRun = kind === 'run' || kind === 'queue';
    if (isRun && placed.row.asksBeforeRun) asking.value = { ...placed, queue: kind === 'queue' };
    else performRowAction(model, placed, action);
  };
  const isMuted = ({ service, row }: GroupedRow) => muted.includes(mutedKey(service, row.agent));
  const stops = visible.groups.flatMap(({ id, shown }) => [...shown.map(keyOfRow), id]);
  const currentStop =
    current.value !== undefined && stops.includes(current.value) ? current.value : stops[0];
  const root = useRef<HTMLElement>(null);
  const keptFocus = useKeptFocus(root, (key) => headingOf(groups, key));
  const isEmpty = services.every(({ view }) => Object.keys(view.fleet.agents).length === 0);
  const isKnown = services.every(({ view }) => view.cursor !== undefined);
  const label = isMixed || !services[0] ? t('agents') : hostOf(services[0].service);
  const asked =
    asking.value && byId.get(asking.value.service)?.view.fleet.agents[asking.value.row.agent];
  return (
    <section
      ref={root}
      {...keptFocus}
      class={css['list']}
      aria-label={label}
      onKeyDown={(event) =>
        onListKey(event, {
          rowOf: (key) => groups.flatMap(({ rows }) => rows).find((row) => keyOfRow(row) === key),
          isMuted,
          onAct,
          onFold: model.actions.fold,
        })
      }
    >
      {isOneOfSeveral && <h1 class={css['service']}>{label}</h1>}
      {isEmpty && isKnown && <NoAgents />}
      {!isEmpty && groups.length + questions.length === 0 && (
        <p class={css['empty']}>
          {search === '' ? t('show.no-mine') : t('search.nothing', { search })}
        </p>
      )}
      {questions.length > 0 && (
        <div>
          <GroupHeading title={t('section.needs-you')} count={questions.length} />
          <ul aria-label={t('section.needs-you')}>
            {questions.map(({ paired, question }) => (
              <QuestionCard
                key={keyOf(paired.service.id, question.id)}
                model={model}
                paired={paired}
                question={question}
                serviceName={isMixed ? hostOf(paired.service) : undefined}
              />
            ))}
          </ul>
        </div>
      )}
      {visible.groups.map((group) => (
        <div key={group.id} data-section={group.urgent ?? group.id}>
          <GroupHeading
            title={group.title}
            worst={group.worst}
            count={group.rows.length}
            {...(group.urgent === undefined && {
              folding: {
                group: group.id,
                isFolded: group.isFolded,
                isCurrent: group.id === currentStop,
                onFocus: () => {
                  current.value = group.id;
                },
                onFold: (isOn: boolean) => model.actions.fold(group.id, isOn),
              },
            })}
          />
          {!group.isFolded && (
            <ul aria-label={group.title}>
              {group.shown.map((placed) => {
                const paired = byId.get(placed.service);
                if (!paired) return null;
                const key = keyOfRow(placed);
                return (
                  <AgentRow
                    key={key}
                    model={model}
                    paired={paired}
                    row={placed.row}
                    isCurrent={key === currentStop}
                    isMuted={isMuted(placed)}
                    places={placesOf(
                      placed,
                      group,
                      by,
                      isMixed ? hostOf(paired.service) : undefined,
                    )}
                    onFocus={() => {
                      current.value = key;
                    }}
                    onAct={(action) => onAct(placed, action)}
                  />
                );
              })}
            </ul>
          )}
        </div>
      ))}
      {visible.below > 0 && (
        <MoreRows
          count={visible.below}
          onNear={() => {
            limit.value += MORE_ROWS;
          }}
        />
      )}
      {asked && (
        <RunForm
          agent={asked}
          onRun={(body) => {
            const { service = '', queue } = asking.value ?? {};
            model.actions.run(service, asked.id, { ...body, ...(queue && { queue }) });
          }}
          onClose={() => {
            asking.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function keyOfRow({ service, row }: GroupedRow): string {
  return keyOf(service, row.agent);
}

function headingOf(groups: readonly Group[], key: string): string | undefined {
  return groups.find(({ rows }) => rows.some((placed) => keyOfRow(placed) === key))?.id;
}

/** Machine and service of a row, unless its group's heading names them. @param service name, where several are listed. */
function placesOf(
  { row }: GroupedRow,
  { urgent }: Group,
  by: GroupBy,
  service: string | undefined,
) {
  const isInHeading = (what: GroupBy) => by === what && urgent === undefined;
  return [
    isInHeading('machine') ? undefined : row.host,
    isInHeading('service') ? undefined : service,
  ].filter((place) => place !== undefined);
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
