/** The part of the fold that handles runs: how events change a run and its agent. */
import type { LogEvent } from '../events/event.ts';
import type { Agent, FinalStatus, Metric, Run, RunStatus, StepSummary } from './fleet.ts';
import { isFinal, isPresumedLost } from './fleet.ts';
import { withdrawApprovals } from './fold-approval.ts';
import { addUsage } from './fold-usage.ts';
import { METRIC_NAMES, RECENT_OUTCOMES } from '../wire/limits.ts';

/** A fleet with mutable tables. Its agents and runs are immutable: a change replaces them. */
export interface WorkingFleet {
  seq: number;
  readonly agents: Record<string, Agent>;
  readonly runs: Record<string, Run>;
}

type EventOf<T extends LogEvent['type']> = Extract<LogEvent, { type: T }>;

/** Applies an event about run `id` of `agent` to the fleet. */
export function applyToRun(draft: WorkingFleet, agent: Agent, id: string, event: LogEvent): void {
  const run = draft.runs[id];
  if (!run) {
    const created = firstState(agent, id, event);
    if (!created) return;
    draft.runs[id] = created;
    draft.agents[agent.id] = { ...agent, runs: [...agent.runs, id] };
    return;
  }
  if (run.agent !== agent.id) return;
  if (isFinal(run.status)) {
    if (isPresumedLost(run) && contradictsLoss(event)) {
      revive(draft, agent, run, event);
      applyToRun(draft, draft.agents[agent.id] ?? agent, id, event);
    }
    return;
  }
  switch (event.type) {
    case 'usage.reported':
      draft.runs[id] = { ...run, usage: event.data };
      draft.agents[agent.id] = addUsage(agent, run.usage, event.data, event.time);
      return;

    case 'run.succeeded':
      finish(draft, agent, { ...run, message: event.data.message }, 'succeeded', event);
      return;
    case 'run.cancelled':
      finish(draft, agent, { ...run, message: event.data.message }, 'cancelled', event);
      return;
    case 'run.failed': {
      const { message, ...failure } = event.data;
      finish(draft, agent, { ...run, message, failure }, 'failed', event);
      return;
    }
    default:
      draft.runs[id] = nextState(run, event);
  }
}

/** Whether only the runner of a run can know this: the run goes on, or has ended in its own way. */
function contradictsLoss(event: LogEvent): boolean {
  switch (event.type) {
    case 'run.failed':
      return event.data.reason !== 'lost';
    case 'run.succeeded':
    case 'run.cancelled':
    case 'run.progress':
    case 'run.phase':
    case 'run.paused':
    case 'run.resumed':
    case 'graph.defined':
    case 'step.started':
    case 'step.completed':
    case 'step.failed':
    case 'step.skipped':
    case 'usage.reported':
    case 'metric.reported':
      return true;
    default:
      return false;
  }
}

/** Takes back the presumed end of a run. */
function revive(draft: WorkingFleet, agent: Agent, run: Run, event: LogEvent): void {
  const { failure: _failure, message: _message, endedAt: _endedAt, ...rest } = run;
  draft.runs[run.id] = { ...rest, status: 'running', statusSeq: event.seq };
  const { lastRun: _lastRun, ...others } = agent;
  draft.agents[agent.id] = {
    ...others,
    runs: [...agent.runs, run.id],
    recent: agent.recent.filter((outcome) => outcome.run !== run.id),
  };
}

/** The run without its `lost` mark, because its runner is back in contact. */
export function clearLost(run: Run): Run {
  const { lost: _lost, ...rest } = run;
  return rest;
}

function firstState(agent: Agent, id: string, event: LogEvent): Run | undefined {
  const fields = { id, agent: agent.id, seq: event.seq, statusSeq: event.seq };
  const requestedBy = event.actor;
  switch (event.type) {
    case 'run.queued':
    case 'run.requested': {
      const status = event.type === 'run.queued' ? 'queued' : 'requested';
      return { ...fields, status, requestedBy, requestedAt: event.time, ...event.data };
    }
    case 'run.started': {
      const { command, parent } = event.data;
      return { ...fields, status: 'running', requestedBy, startedAt: event.time, command, parent };
    }
    default:
      return undefined;
  }
}

/** The run after an event that does not end it. */
function nextState(run: Run, event: LogEvent): Run {
  switch (event.type) {
    case 'run.requested':
      return run.status === 'queued' ? inStatus(run, 'requested', event) : run;
    case 'run.started': {
      const { command, parent = run.parent } = event.data;
      return { ...inStatus(run, 'running', event), startedAt: event.time, command, parent };
    }
    case 'run.paused':
      return inStatus(withoutControlRequest(run), 'paused', event);
    case 'run.resumed':
      return inStatus(withoutControlRequest(run), 'running', event);
    case 'run.pause_requested':
      return { ...run, controlRequest: { kind: 'pause', by: event.actor ?? 'service' } };
    case 'run.resume_requested':
      return { ...run, controlRequest: { kind: 'resume', by: event.actor ?? 'service' } };
    case 'run.cancel_requested':
      return { ...run, cancelRequestedBy: event.actor ?? 'service' };
    case 'run.progress':
      return { ...run, progress: event.data };
    case 'run.phase':
      return { ...run, phase: event.data.name };
    case 'run.lost':
      return { ...run, lost: true };
    case 'budget.exceeded': {
      const exceeded = { ...event.data, seq: event.seq };
      return { ...run, overBudget: [...(run.overBudget ?? []), exceeded] };
    }
    case 'metric.reported':
      return { ...run, metrics: withMetric(run.metrics ?? {}, event.data) };
    case 'graph.defined':
      return { ...run, steps: { ...(run.steps ?? NO_STEPS), total: event.data.nodes.length } };
    case 'step.started':
    case 'step.completed':
    case 'step.failed':
    case 'step.skipped':
      return { ...run, steps: countStep(run.steps ?? NO_STEPS, event) };
    default:
      // the other types change nothing in the fleet
      return run;
  }
}

function inStatus(run: Run, status: RunStatus, event: LogEvent): Run {
  return { ...run, status, statusSeq: event.seq };
}

function withoutControlRequest(run: Run): Run {
  const { controlRequest: _request, ...rest } = run;
  return rest;
}

const NO_STEPS: StepSummary = { completed: 0, failed: 0, skipped: 0 };

function countStep(
  steps: StepSummary,
  event: EventOf<'step.started' | 'step.completed' | 'step.failed' | 'step.skipped'>,
): StepSummary {
  const { step } = event.data;
  if (event.type === 'step.started') return { ...steps, current: { step, name: event.data.name } };
  const { current, ...rest } = steps;
  const left = current && current.step !== step ? { ...rest, current } : rest;
  switch (event.type) {
    case 'step.completed':
      return { ...left, completed: steps.completed + 1 };
    case 'step.failed':
      return { ...left, failed: steps.failed + 1 };
    case 'step.skipped':
      return { ...left, skipped: steps.skipped + 1 };
  }
}

function withMetric(
  metrics: Readonly<Record<string, Metric>>,
  { name, value, unit, objective }: EventOf<'metric.reported'>['data'],
): Readonly<Record<string, Metric>> {
  const known = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (!known && Object.keys(metrics).length >= METRIC_NAMES) return metrics;
  const goal = objective ?? known?.objective;
  const best = goal && (goal === 'min' ? Math.min : Math.max)(value, known?.best ?? value);
  const metric = { value, unit: unit ?? known?.unit, objective: goal };
  return { ...metrics, [name]: best === undefined ? metric : { ...metric, best } };
}

function finish(
  draft: WorkingFleet,
  agent: Agent,
  run: Run,
  status: FinalStatus,
  event: LogEvent,
): void {
  const beganAt = run.startedAt ?? run.requestedAt ?? event.time;
  const ended = withoutControlRequest(clearLost(run));
  draft.runs[run.id] = { ...ended, status, statusSeq: event.seq, endedAt: event.time };
  if (agent.lastRun !== undefined) delete draft.runs[agent.lastRun];
  const outcome = {
    run: run.id,
    status,
    endedAt: event.time,
    durationMs: Math.max(0, Date.parse(event.time) - Date.parse(beganAt)),
  };
  draft.agents[agent.id] = {
    ...withdrawApprovals(agent, (approval) => approval.run === run.id, event.time),
    runs: agent.runs.filter((id) => id !== run.id),
    lastRun: run.id,
    recent: [...agent.recent, outcome].slice(-RECENT_OUTCOMES),
  };
}
