/** Decisions about reported events: their shape, their agent and the transitions of their run. */
import type {
  Actor,
  CommandOf,
  Decision,
  KnownRun,
  ReportedEvent,
  RunnerConnection,
} from './command.ts';
import type { EventDraft, EventType } from '../events/event.ts';
import { EVENT_KINDS, isEventType } from '../events/event.ts';
import type { Fleet, RunStatus } from '../fleet/fleet.ts';
import { isFinal, isPresumedLost } from '../fleet/fleet.ts';
import { OPEN_APPROVALS } from '../wire/limits.ts';
import type { Problem } from '../wire/problem.ts';
import { refuseNonOwner, runFinished, unknownAgent } from './refusal.ts';

const ACTIVE: readonly RunStatus[] = ['running', 'paused'];
const BEGUN: readonly RunStatus[] = [...ACTIVE, 'succeeded', 'failed', 'cancelled'];

/** The states of a run in which an event may be reported. `undefined`: the run does not exist yet. */
const LEGAL_FROM: Partial<Record<EventType, readonly (RunStatus | undefined)[]>> = {
  'run.started': [undefined, 'requested'],
  'run.progress': ACTIVE,
  'run.phase': ACTIVE,
  'run.paused': ['running'],
  'run.resumed': ['paused'],
  'run.succeeded': ACTIVE,
  'run.failed': ['requested', ...ACTIVE],
  'run.cancelled': ['queued', 'requested', ...ACTIVE],
  'graph.defined': ACTIVE,
  'step.started': ACTIVE,
  'step.progress': ACTIVE,
  'step.completed': ACTIVE,
  'step.failed': ACTIVE,
  'step.skipped': ACTIVE,
  'usage.reported': ACTIVE,
  'metric.reported': ACTIVE,
  'artifact.created': ACTIVE,
  'approval.requested': ['requested', ...ACTIVE],
  // messages and output may arrive after the end of the run
  'run.output': BEGUN,
  'message.added': BEGUN,
  'thinking.added': BEGUN,
  'tool.started': BEGUN,
  'tool.completed': BEGUN,
  'tool.failed': BEGUN,
  'file.changed': BEGUN,
};

/** Accepts all reported events or none. */
export function report(
  fleet: Fleet,
  { events, places, connection, finished }: CommandOf<'report'>,
  actor: Actor,
): Decision {
  const drafts: EventDraft[] = [];
  const newQuestions = new Map<string, number>();
  const known = new Map<string, KnownRun>(Object.entries(finished ?? {}));
  for (const [at, event] of events.entries()) {
    const problem =
      checkShape(event) ??
      checkAgent(fleet, event, actor, connection) ??
      checkApproval(fleet, event, newQuestions) ??
      checkTransition(fleet, event, known, connection);
    if (problem) {
      const index = places?.[at] ?? at;
      const detail = `Event ${index} (${event.type}): ${problem.detail} Nothing of this request was stored.`;
      return { problem: { ...problem, detail, extra: { ...problem.extra, index } } };
    }
    drafts.push(toDraft(event, actor));
  }
  return { events: drafts };
}

function checkShape(event: ReportedEvent): Problem | undefined {
  const { type } = event;
  if (!isEventType(type))
    return { type: 'invalid-request', detail: 'There is no such event type.' };
  const kind = EVENT_KINDS[type];
  if (kind.from !== 'runner') {
    return { type: 'invalid-request', detail: 'Only the service writes events of this type.' };
  }
  if (kind.run && event.run === undefined) {
    return { type: 'invalid-request', detail: 'An event of this type needs a "run".' };
  }
  const checked = kind.schema.safeParse(event.data);
  if (checked.success) return undefined;
  const [issue] = checked.error.issues;
  const path = ['data', ...(issue?.path ?? [])].join('.');
  const detail = `${path}: ${issue?.message ?? 'is not valid'}.`;
  const isTooLarge = issue?.code === 'too_big' && ['string', 'array'].includes(issue.origin);
  return { type: 'invalid-request', detail, ...(isTooLarge && { limit: 'event_size' }) };
}

function checkAgent(
  fleet: Fleet,
  event: ReportedEvent,
  actor: Actor,
  connection: RunnerConnection | undefined,
): Problem | undefined {
  const agent = fleet.agents[event.agent];
  if (!agent) return unknownAgent(event.agent).problem;
  const refusal = refuseNonOwner(agent, actor);
  if (refusal) return refusal.problem;
  if (!connection) return undefined;
  const current = agent.runner === connection.runner && agent.generation === connection.generation;
  if (current) return undefined;
  return {
    type: 'stale-connection',
    detail: `"${agent.id}" has a newer connection (generation ${agent.generation}).`,
  };
}

/** @param newQuestions number of new questions in this request, by agent. */
function checkApproval(
  fleet: Fleet,
  { type, agent: id }: ReportedEvent,
  newQuestions: Map<string, number>,
): Problem | undefined {
  if (type !== 'approval.requested') return undefined;
  const count = (fleet.agents[id]?.approvals?.length ?? 0) + (newQuestions.get(id) ?? 0);
  newQuestions.set(id, (newQuestions.get(id) ?? 0) + 1);
  if (count < OPEN_APPROVALS) return undefined;
  return {
    type: 'too-many-approvals',
    detail: `"${id}" already has ${OPEN_APPROVALS} open questions.`,
  };
}

/** @param known runs that the fleet does not hold, and those that earlier events of this request changed. */
function checkTransition(
  fleet: Fleet,
  event: ReportedEvent,
  known: Map<string, KnownRun>,
  connection: RunnerConnection | undefined,
): Problem | undefined {
  const { run: id, agent } = event;
  if (id === undefined || !isEventType(event.type)) return undefined;
  const run = known.get(id) ?? fleet.runs[id];
  if (run && run.agent !== agent) {
    return { type: 'invalid-request', detail: `Run ${id} belongs to another agent.` };
  }
  const stored = known.has(id) ? undefined : fleet.runs[id];
  const presumed = stored && isPresumedLost(stored) ? presumedStatus(event, connection) : undefined;
  const status = presumed ?? run?.status;
  const legal = LEGAL_FROM[event.type];
  if (legal && !legal.includes(status)) return illegal(event, id, status);
  const next = NEXT[event.type];
  if (next) known.set(id, { agent, status: next });
  return undefined;
}

/**
 * The status that a run which was presumed lost has for this event. Its end counts, whoever delivers it. That it goes on
 * can only be said through the agent's current connection, because stored events of a dead runner must not revive it.
 */
function presumedStatus(
  { type, data }: ReportedEvent,
  connection: RunnerConnection | undefined,
): RunStatus | undefined {
  if (type === 'run.failed') return data['reason'] === 'lost' ? undefined : 'running';
  if (type === 'run.succeeded' || type === 'run.cancelled') return 'running';
  // the questions of a run were withdrawn with its end
  if (!connection || type === 'approval.requested') return undefined;
  return type === 'run.resumed' ? 'paused' : 'running';
}

const NEXT: Partial<Record<EventType, RunStatus>> = {
  'run.started': 'running',
  'run.paused': 'paused',
  'run.resumed': 'running',
  'run.succeeded': 'succeeded',
  'run.failed': 'failed',
  'run.cancelled': 'cancelled',
};

function illegal(event: ReportedEvent, id: string, status: RunStatus | undefined): Problem {
  if (status === undefined) {
    return { type: 'unknown-run', detail: `Run ${id} has not started. Send run.started first.` };
  }
  if (isFinal(status)) return runFinished(id, status).problem;
  return { type: 'illegal-transition', detail: `Run ${id} is ${status}.`, extra: { run: id } };
}

function toDraft(event: ReportedEvent, actor: Actor): EventDraft {
  const { type, agent, run, id, time, data } = event;
  return { id, type, time, agent, run, actor: actor.user, data } as EventDraft;
}
