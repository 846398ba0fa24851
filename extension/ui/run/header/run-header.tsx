/** The header of a run: its agent, status, cost and actions. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { t } from '../../../i18n/run.ts';
import type { Agent, Approval, Run } from '../../../../protocol/fleet/fleet.ts';
import { isFinal } from '../../../../protocol/fleet/fleet.ts';
import { historyPath, runPath } from '../../../shared/pages.ts';
import type { RunControl } from '../../../shared/messages.ts';
import { Glyph } from '../../parts/glyph.tsx';
import { keyOf } from '../../model.ts';
import { failureLine } from '../../list/rows.ts';
import { exactTime, moment, took } from '../../parts/times.ts';
import { statusWords } from '../../parts/words.ts';
import { Clamped } from '../conversation/clamped.tsx';
import { Progress } from './progress.tsx';
import css from './run-header.module.css';
import type { RunViewProps } from '../run-view.tsx';
import {
  beganMs,
  costWords,
  durationOf,
  givenWords,
  runStatusOf,
  runControlsOf,
} from './run-words.ts';

interface RunHeaderProps extends RunViewProps {
  readonly shown: Run;
  readonly agent: Agent | undefined;
  /** Kind of the open question, if there is one. */
  readonly asks: Approval['kind'] | undefined;
}

export function RunHeader(props: RunHeaderProps) {
  const { shown: run, agent, asks, paired, runModel } = props;
  const status = runStatusOf(run, asks);
  const { service } = paired;
  const { isComplete, connection } = runModel.state.value;
  const isLive = !isComplete && connection.state === 'live';
  return (
    <header class={css['header']}>
      <div class={css['top']}>
        <Glyph name={status} />
        <h1 class={css['name']}>
          <bdi>{agent?.name ?? run.agent}</bdi>
        </h1>
        <span class={css[TONES[status] ?? 'quiet']} role="status">
          {statusWords(status)}
        </span>
        {isLive && (
          <span class={css['live']} title={t('header.live-help')}>
            {t('header.live')}
          </span>
        )}
        <Buttons {...props} />
      </div>
      <Facts {...props} />
      {run.command !== undefined && <code class={css['command']}>{run.command}</code>}
      {givenWords(run).map(([name, value]) => (
        <p key={name} class={css['given']}>
          <bdi>{name}</bdi> <bdi>{value}</bdi>
        </p>
      ))}
      {run.prompt !== undefined && (
        <div class={css['prompt']}>
          <Clamped text={run.prompt} />
        </div>
      )}
      {run.status === 'failed' && <p class={css['failure']}>{failureLine(run)}</p>}
      {run.status !== 'failed' && run.message !== undefined && run.message !== '' && (
        <Clamped text={run.message} />
      )}
      {!isFinal(run.status) && <Progress run={run} />}
      {run.retryOf !== undefined && (
        <p class={css['facts']}>
          {t.rich('header.retry-of', {
            run: (
              <a
                href={runPath(service.id, run.retryOf)}
                onClick={(event) => show(event, props, run)}
              >
                {t('header.earlier-run')}
              </a>
            ),
          })}
        </p>
      )}
    </header>
  );
}

const TONES: Partial<Record<string, string>> = {
  failed: 'bad',
  lost: 'bad',
  succeeded: 'good',
  'needs-approval': 'asking',
  'needs-input': 'asking',
};

function show(event: MouseEvent, { onShow }: RunHeaderProps, { retryOf }: Run): void {
  if (retryOf === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  onShow(retryOf);
}

function Facts({ model, paired, shown: run, agent }: RunHeaderProps) {
  const nowMs = model.nowMs.value + paired.view.clockOffsetMs;
  const began = beganMs(run);
  const lastedMs = durationOf(run, nowMs);
  const cost = costWords(run, agent);
  const time = began !== undefined && (
    <time dateTime={new Date(began).toISOString()} title={exactTime(began)}>
      {moment(began, nowMs)}
    </time>
  );
  return (
    <dl class={css['facts']}>
      {time && (
        <Fact name={t(run.startedAt === undefined ? 'header.requested' : 'header.started')}>
          {run.requestedBy === undefined
            ? time
            : t.rich('header.when-by', { time, user: <bdi>{run.requestedBy}</bdi> })}
        </Fact>
      )}
      {lastedMs !== undefined && (
        <Fact name={t(run.endedAt === undefined ? 'header.running-for' : 'header.took')}>
          {took(lastedMs)}
        </Fact>
      )}
      {cost !== '' && <Fact name={t('header.used')}>{cost}</Fact>}
      {agent?.host !== undefined && <Fact name={t('header.on')}>{agent.host}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Buttons({
  model,
  paired,
  runModel,
  shown: run,
  agent,
  onShow,
  onOpenTab,
}: RunHeaderProps) {
  const { service } = paired;
  const isSaving = useSignal(false);
  const unsaved = useSignal<string | undefined>(undefined);
  const pending = model.pending.of(keyOf(service.id, run.id));
  const control = async (what: RunControl) => {
    const started = await model.actions.controlRun(service.id, run.id, what);
    if (what === 'retry' && started !== undefined) onShow(started);
  };
  const save = async () => {
    isSaving.value = true;
    unsaved.value = (await runModel.save())?.detail;
    isSaving.value = false;
  };
  const refused = pending?.kind === 'refused' ? pending.reason : undefined;
  const error = refused ?? unsaved.value;
  return (
    <div class={css['buttons']}>
      {runControlsOf(run, agent).map((what) => (
        <button
          key={what}
          type="button"
          disabled={pending?.kind === 'answer'}
          onClick={() => void control(what)}
        >
          {t(`action.${what}`)}
        </button>
      ))}
      {onOpenTab && (
        <button type="button" onClick={onOpenTab}>
          {t('header.open-tab')}
        </button>
      )}
      <a
        class={css['link']}
        href={historyPath(service.id, run.agent)}
        target={onOpenTab ? '_blank' : undefined}
      >
        {t('history')}
      </a>
      <button type="button" disabled={isSaving.value} onClick={() => void save()}>
        {t(isSaving.value ? 'header.exporting' : 'header.export')}
      </button>
      {error !== undefined && (
        <p class={css['refused']} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
