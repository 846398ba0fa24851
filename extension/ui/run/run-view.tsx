/** A run: header, open questions, and tabs with its details. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n/run.ts';
import { isFinal } from '../../../protocol/fleet/fleet.ts';
import type { Run } from '../../../protocol/fleet/fleet.ts';
import type { RunState } from '../../run/run-state.ts';
import { newestRun } from '../../run/run-state.ts';
import { isConversationItem } from '../../run/items.ts';
import type { Model, Paired } from '../model.ts';
import { hostOf } from '../model.ts';
import { QuestionCard } from '../question/question-card.tsx';
import { questionsOf } from '../question/questions.ts';
import { connectionWords, needsAccess, connectionErrorWords } from '../parts/words.ts';
import { Approvals, approvalsOf } from './conversation/approvals.tsx';
import { Empty } from './empty.tsx';
import { Graph } from './graph/graph.tsx';
import { MetricPlots } from './results/metrics.tsx';
import type { RunModel } from './model.ts';
import { OutputView } from './output/output.tsx';
import { Results } from './results/results.tsx';
import { artifactsOf, filesOf } from './results/run-results.ts';
import { RunHeader } from './header/run-header.tsx';
import css from './run-view.module.css';
import { beganMs, runStatusOf } from './header/run-words.ts';
import { Tabs } from './tabs.tsx';
import { Conversation } from './conversation/conversation.tsx';
import { Timeline } from './timeline/timeline.tsx';
import { runTitle } from './header/title.ts';

export interface RunViewProps {
  readonly model: Model;
  readonly paired: Paired;
  readonly runModel: RunModel;
  readonly run: Run['id'];
  /** Id of the initial tab. Defaults to the timeline. */
  readonly firstTab?: string;
  readonly onTab?: (id: string) => void;
  /** Called with the title of the page. */
  readonly onTitle?: (title: string) => void;
  /** Shows another run instead. */
  readonly onShow: (run: Run['id']) => void;
  /** Missing where the run is shown in a tab already. */
  readonly onOpenTab?: () => void;
}

export function RunView(props: RunViewProps) {
  const { model, paired, runModel, run: id, firstTab, onTab, onTitle } = props;
  const { view } = paired;
  const tab = useSignal(TAB_IDS.find((known) => known === firstTab) ?? 'timeline');
  const state = runModel.state.value;
  const run = newestRun(state, view.fleet.runs[id]);
  const agent = run && view.fleet.agents[run.agent];
  const asked = new Set(agent?.approvals?.filter((one) => one.run === id).map((one) => one.id));
  const questions = questionsOf(view.fleet).filter((question) => asked.has(question.id));
  const title = run && runTitle(agent?.name ?? run.agent, runStatusOf(run, questions[0]?.kind));
  useEffect(() => {
    if (title !== undefined) onTitle?.(title);
  }, [title, onTitle]);
  if (state.refusal) return <Empty>{state.refusal.detail}</Empty>;
  if (!run) return <Waiting state={state} props={props} />;
  return (
    <div class={css['run']}>
      <RunHeader {...props} shown={run} agent={agent} asks={questions[0]?.kind} />
      <ConnectionProblem state={state} props={props} />
      {questions.length > 0 && (
        <ul class={css['questions']} aria-label={t('section.needs-you')}>
          {questions.map((question) => (
            <QuestionCard key={question.id} model={model} paired={paired} question={question} />
          ))}
        </ul>
      )}
      <Tabs
        label={t('page.tabs')}
        tabs={tabsOf(state)}
        current={tab.value}
        onChoose={(chosen) => {
          tab.value = chosen as TabId;
          onTab?.(chosen);
        }}
      >
        {state.isLoaded || state.detail.seq > 0 ? (
          <Panel tab={tab.value} props={props} run={run} />
        ) : (
          <Empty>{t('page.loading')}</Empty>
        )}
      </Tabs>
    </div>
  );
}

const TAB_IDS = [
  'timeline',
  'graph',
  'output',
  'messages',
  'metrics',
  'results',
  'approvals',
] as const;
type TabId = (typeof TAB_IDS)[number];

function tabsOf({ detail }: RunState) {
  const { items, graph, series, cost, tokens } = detail;
  const files = filesOf(items.values()).length + artifactsOf(items.values()).length;
  const messages = [...items.values()].filter(isConversationItem).length;
  const plots = series.size + (cost ? 1 : 0) + (tokens ? 1 : 0);
  return [
    { id: 'timeline', label: t('tab.timeline') },
    { id: 'graph', label: t('tab.graph'), count: graph?.nodes.length ?? 0 },
    { id: 'output', label: t('tab.output') },
    { id: 'messages', label: t('tab.messages'), count: messages },
    { id: 'metrics', label: t('tab.metrics'), count: plots },
    { id: 'results', label: t('tab.results'), count: files },
    { id: 'approvals', label: t('tab.approvals'), count: approvalsOf(items.values()).length },
  ] as const satisfies readonly { id: TabId; label: string; count?: number }[];
}

function Panel({ tab, props, run }: { tab: TabId; props: RunViewProps; run: Run }) {
  const { model, paired, runModel } = props;
  const { detail } = runModel.state.value;
  const nowMs = model.nowMs.value + paired.view.clockOffsetMs;
  switch (tab) {
    case 'timeline': {
      const [first] = detail.items.values();
      const fromMs = Date.parse(run.requestedAt ?? run.startedAt ?? first?.time ?? '');
      const toMs = run.endedAt === undefined ? nowMs : Date.parse(run.endedAt);
      return <Timeline detail={detail} span={{ fromMs: fromMs || (beganMs(run) ?? 0), toMs }} />;
    }
    case 'graph':
      return <Graph detail={detail} />;
    case 'output':
      return <OutputView output={detail.output} isOver={isFinal(run.status)} />;
    case 'messages':
      return <Conversation detail={detail} nowMs={nowMs} />;
    case 'metrics':
      return <MetricPlots detail={detail} agent={paired.view.fleet.agents[run.agent]} />;
    case 'results':
      return <Results detail={detail} />;
    case 'approvals':
      return <Approvals detail={detail} nowMs={nowMs} />;
  }
}

interface StateProps {
  readonly state: RunState;
  readonly props: RunViewProps;
}

function Waiting({ state, props }: StateProps) {
  return (
    <div class={css['run']}>
      <ConnectionProblem state={state} props={props} />
      <Empty>{t('page.loading')}</Empty>
    </div>
  );
}

function ConnectionProblem({ state: { connection, isComplete }, props }: StateProps) {
  if (isComplete || !('error' in connection)) return null;
  const { model, paired, runModel } = props;
  return (
    <div class={css['problem']} role="alert">
      <span>
        {connectionErrorWords(connection.error, hostOf(paired.service))}{' '}
        {connectionWords(connection, model.nowMs.value)}
      </span>
      {connection.state === 'waiting' && (
        <button type="button" onClick={() => runModel.wake()}>
          {t('connection.retry')}
        </button>
      )}
      {needsAccess(connection) && (
        <button type="button" onClick={() => model.actions.allow(paired.service.url)}>
          {t('connection.allow')}
        </button>
      )}
    </div>
  );
}
