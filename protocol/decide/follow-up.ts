/**
 * followUps(fleet, events) → events: what other events cause without a command.
 *
 * They are committed together with their cause, so that a restart can't separate them.
 */
import type { EventData, EventDraft, LogEvent } from '../events/event.ts';
import type { Agent, Fleet, Run } from '../fleet/fleet.ts';
import { activeRuns, isFinal, queuedRuns } from '../fleet/fleet.ts';
import { tokensOf } from '../fleet/fold-usage.ts';

/** @param fleet the fleet after `events`. */
export function followUps(fleet: Fleet, events: readonly LogEvent[]): EventDraft[] {
  const availableAgents = new Set<string>();
  const runsWithUsage = new Set<string>();
  for (const { type, agent, run } of events) {
    if (agent !== undefined && MAY_START_QUEUED_RUN.has(type)) availableAgents.add(agent);
    if (run !== undefined && type === 'usage.reported') runsWithUsage.add(run);
  }
  return [
    ...[...availableAgents].flatMap((agent) => startQueuedRuns(fleet, fleet.agents[agent])),
    ...[...runsWithUsage].flatMap((run) => overBudget(fleet, fleet.runs[run])),
  ];
}

/** After events of these types an agent may have room for a queued run. */
const MAY_START_QUEUED_RUN: ReadonlySet<string> = new Set([
  'run.succeeded',
  'run.failed',
  'run.cancelled',
  'run.queued',
  'agent.connected',
  'agent.updated',
]);

function startQueuedRuns(fleet: Fleet, agent: Agent | undefined): EventDraft[] {
  if (agent?.liveness !== 'live' || !agent.capabilities.includes('run')) return [];
  const freeSlots = (agent.maxConcurrentRuns ?? 1) - activeRuns(fleet, agent).length;
  return queuedRuns(fleet, agent)
    .slice(0, Math.max(0, freeSlots))
    .map(({ id: run, requestedBy: actor, params, prompt, timeoutMs, parent, retryOf }) => ({
      type: 'run.requested',
      agent: agent.id,
      run,
      actor,
      data: defined({ params, prompt, timeoutMs, parent, retryOf }),
    }));
}

type Exceeded = EventData<'budget.exceeded'>;

function overBudget(fleet: Fleet, run: Run | undefined): EventDraft[] {
  const agent = run && fleet.agents[run.agent];
  const budget = agent?.budget;
  if (!run?.usage || !budget || isFinal(run.status)) return [];
  const used: Record<Exceeded['limit'], number> = {
    costUsdPerRun: run.usage.costUsd ?? 0,
    tokensPerRun: tokensOf(run.usage),
    costUsdPerDay: agent.spent?.costUsd ?? 0,
    tokensPerDay: agent.spent?.tokens ?? 0,
  };
  const reported = new Set(run.overBudget?.map(({ limit }) => limit));
  const exceeded = (Object.keys(used) as Exceeded['limit'][]).filter(
    (limit) => used[limit] > (budget[limit] ?? Number.POSITIVE_INFINITY) && !reported.has(limit),
  );
  const drafted = { agent: agent.id, run: run.id, actor: 'service' } as const;
  const alerts = exceeded.map((limit): EventDraft => {
    const data = { limit, allowed: budget[limit] ?? 0, used: used[limit] };
    return { ...drafted, type: 'budget.exceeded', data };
  });
  const stops =
    alerts.length > 0 &&
    budget.stop === true &&
    run.cancelRequestedBy === undefined &&
    agent.capabilities.includes('cancel');
  return stops ? [...alerts, { ...drafted, type: 'run.cancel_requested', data: {} }] : alerts;
}

/** A copy without undefined members. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as T;
}
