/** All stored runs of an agent, newest first, a page at a time. */
import { useSignal } from '@preact/signals';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/run.ts';
import type { Run, RunStatus } from '../../../../protocol/fleet/fleet.ts';
import { runPath } from '../../../shared/pages.ts';
import { lastLine, plainText } from '../../../shared/plain-text.ts';
import { Glyph } from '../../parts/glyph.tsx';
import type { Model, Paired } from '../../model.ts';
import { failureLine } from '../../list/rows.ts';
import { dollars, exactTime, moment, took } from '../../parts/times.ts';
import { statusWords } from '../../parts/words.ts';
import { Empty } from '../empty.tsx';
import css from './history.module.css';
import { HistoryPlot } from './history-plot.tsx';
import type { RunReader } from '../model.ts';
import { beganMs, durationOf, runStatusOf } from '../header/run-words.ts';
import { historyTitle } from '../header/title.ts';

const LIVE: readonly RunStatus[] = ['queued', 'requested', 'running', 'paused'];
const FILTERS = {
  all: [],
  failed: ['failed'],
  succeeded: ['succeeded'],
  cancelled: ['cancelled'],
  live: LIVE,
} as const satisfies Record<string, readonly RunStatus[]>;
type Filter = keyof typeof FILTERS;
const LINE_CHARS = 300;

interface HistoryProps {
  readonly model: Model;
  readonly paired: Paired;
  readonly agent: string;
  readonly reading: RunReader;
  /** Called with the title of the page. */
  readonly onTitle: (title: string) => void;
}

export function History({ model, paired, agent: id, reading, onTitle }: HistoryProps) {
  const { service, view } = paired;
  const agent = view.fleet.agents[id];
  const title = historyTitle(agent?.name ?? id);
  useEffect(() => onTitle(title), [title, onTitle]);
  const filter = useSignal<Filter>('all');
  const runs = useSignal<readonly Run[] | undefined>(undefined);
  const before = useSignal<number | undefined>(undefined);
  const error = useSignal<string | undefined>(undefined);
  const statuses: readonly RunStatus[] = FILTERS[filter.value];
  const wanted = useRef(statuses);
  wanted.current = statuses;
  const read = useCallback(
    async (behind?: number) => {
      const answer = await reading.readRuns(service, id, statuses, behind);
      // another filter was chosen in the meantime
      if (wanted.current !== statuses) return;
      error.value = 'refusal' in answer ? answer.refusal.detail : undefined;
      if ('refusal' in answer) return;
      runs.value = behind === undefined ? answer.runs : [...(runs.peek() ?? []), ...answer.runs];
      before.value = answer.before;
    },
    [reading, service, id, statuses, error, runs, before],
  );
  // reloads from the first page when a run of the agent starts or ends
  const lives = [...(agent?.runs ?? []), agent?.lastRun].join(' ');
  useEffect(() => void read(), [read, lives]);
  return (
    <div class={css['page']}>
      <header class={css['header']}>
        <h1>
          <bdi>{agent?.name ?? id}</bdi> <span>{t('history')}</span>
        </h1>
        <fieldset class={css['filters']}>
          <legend>{t('history.show')}</legend>
          {(Object.keys(FILTERS) as Filter[]).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={filter.value === one}
              onClick={() => {
                filter.value = one;
              }}
            >
              {t(`history.${one}`)}
            </button>
          ))}
        </fieldset>
      </header>
      {error.value !== undefined && (
        <p class={css['problem']} role="alert">
          {error.value}{' '}
          <button type="button" onClick={() => void read()}>
            {t('history.retry')}
          </button>
        </p>
      )}
      {runs.value && <HistoryPlot runs={runs.value} service={service.id} />}
      {!runs.value && error.value === undefined && <Empty>{t('page.loading')}</Empty>}
      {runs.value?.length === 0 && <Empty>{t('history.none')}</Empty>}
      <ul class={css['runs']} aria-label={t('history.runs')}>
        {runs.value?.map((run) => (
          <RunRow key={run.id} run={run} service={service.id} nowMs={nowMsOf(model, paired)} />
        ))}
      </ul>
      {before.value !== undefined && (
        <button type="button" class={css['older']} onClick={() => void read(before.value)}>
          {t('history.older')}
        </button>
      )}
    </div>
  );
}

function nowMsOf(model: Model, { view }: Paired): number {
  return model.nowMs.value + view.clockOffsetMs;
}

function RunRow({ run, service, nowMs }: { run: Run; service: string; nowMs: number }) {
  const status = runStatusOf(run);
  const began = beganMs(run);
  const lastedMs = durationOf(run, nowMs);
  const message = run.status === 'failed' ? failureLine(run) : lastLine(run.message ?? '');
  const cost = run.usage?.costUsd;
  return (
    <li>
      <a class={css['row']} href={runPath(service, run.id)}>
        <Glyph name={status} />
        <span class={css['status']}>{statusWords(status)}</span>
        <bdi class={run.status === 'failed' ? css['bad'] : css['message']}>
          {plainText(message || (run.command ?? run.prompt ?? ''), LINE_CHARS)}
        </bdi>
        <span class={css['fact']}>{cost === undefined ? '' : dollars(cost)}</span>
        <bdi class={css['fact']}>{run.requestedBy ?? ''}</bdi>
        <span class={css['fact']}>{lastedMs === undefined ? '' : took(lastedMs)}</span>
        {began === undefined ? (
          <span />
        ) : (
          <time
            class={css['fact']}
            dateTime={new Date(began).toISOString()}
            title={exactTime(began)}
          >
            {moment(began, nowMs)}
          </time>
        )}
      </a>
    </li>
  );
}
