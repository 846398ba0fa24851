/**
 * fold(fleet, events) → fleet: the only way in which state changes, here and in every browser.
 *
 * Pure and total: an event that makes no sense (unknown agent, finished run, unknown type of a newer
 * service) moves `seq` and nothing else, so that everyone who has the same events has the same fleet.
 * The two tables are copied once per call, agents and runs are replaced, never changed in place.
 */
import type { AgentProfile, LogEvent } from './event.ts';
import type { Agent, FinalStatus, Fleet, Run } from './fleet.ts';
import { isFinal } from './fleet.ts';
import { RECENT_OUTCOMES } from './limits.ts';

export function fold(fleet: Fleet, events: readonly LogEvent[]): Fleet {
  if (events.length === 0) return fleet;
  const working = workingCopy(fleet);
  foldInto(working, events);
  return working;
}

/** A fleet whose tables may be changed; its agents and runs are shared, and replaced when they change. */
export interface WorkingFleet {
  seq: number;
  readonly agents: Record<string, Agent>;
  readonly runs: Record<string, Run>;
}

export function workingCopy(fleet: Fleet): WorkingFleet {
  return { seq: fleet.seq, agents: { ...fleet.agents }, runs: { ...fleet.runs } };
}

/**
 * Folds several small batches without a copy of the tables for each.
 *
 * @param touchedRuns collects each run as it is after the last event about it, also if the fleet lets go of it.
 */
export function foldInto(
  fleet: WorkingFleet,
  events: readonly LogEvent[],
  touchedRuns?: Map<string, Run>,
): void {
  for (const event of events) {
    apply(fleet, event);
    fleet.seq = event.seq;
    const run = event.run === undefined ? undefined : fleet.runs[event.run];
    if (run) touchedRuns?.set(run.id, run);
  }
}

function apply(draft: WorkingFleet, event: LogEvent): void {
  if (event.type === 'service.started') {
    for (const id of event.data.orphans) markStale(draft, id, event.seq);
    return;
  }
  if (event.agent === undefined) return;
  if (event.type === 'agent.registered') return register(draft, event.agent, event);

  const agent = draft.agents[event.agent];
  if (!agent) return;
  const seen: Agent = event.time > agent.lastSeenAt ? { ...agent, lastSeenAt: event.time } : agent;

  switch (event.type) {
    case 'agent.updated':
      draft.agents[agent.id] = replaceProfile(seen, event.data);
      return;
    case 'agent.connected':
      connect(draft, seen, event);
      return;
    case 'agent.disconnected':
      draft.agents[agent.id] = {
        ...seen,
        liveness: event.data.reason === 'ended' ? 'ended' : 'offline',
        livenessSeq: event.seq,
        offlineReason: event.data.reason,
      };
      return;
    case 'agent.removed':
      for (const run of [...agent.runs, agent.lastRun ?? '']) delete draft.runs[run];
      delete draft.agents[agent.id];
      return;
    case 'error.reported':
      draft.agents[agent.id] = {
        ...seen,
        lastError: { message: event.data.message, at: event.time },
      };
      return;
    default:
      draft.agents[agent.id] = seen;
      if (event.run !== undefined) applyToRun(draft, seen, event.run, event);
  }
}

function register(
  draft: WorkingFleet,
  id: string,
  event: Extract<LogEvent, { type: 'agent.registered' }>,
): void {
  const known = draft.agents[id];
  if (known) {
    const { owner, ...profile } = event.data;
    draft.agents[id] = { ...replaceProfile(known, profile), owner };
    return;
  }
  draft.agents[id] = {
    ...event.data,
    id,
    liveness: 'unmonitored',
    livenessSeq: event.seq,
    lastSeenAt: event.time,
    generation: 0,
    runs: [],
    recent: [],
  };
}

function replaceProfile(agent: Agent, profile: AgentProfile): Agent {
  const { description: _description, host: _host, ...rest } = agent;
  return { ...rest, ...profile };
}

function markStale(draft: WorkingFleet, id: string, seq: number): void {
  const agent = draft.agents[id];
  if (agent?.liveness !== 'live') return;
  draft.agents[id] = { ...agent, liveness: 'stale', livenessSeq: seq };
}

function connect(
  draft: WorkingFleet,
  agent: Agent,
  event: Extract<LogEvent, { type: 'agent.connected' }>,
): void {
  const { offlineReason: _gone, ...rest } = agent;
  draft.agents[agent.id] = {
    ...rest,
    liveness: 'live',
    livenessSeq: event.seq,
    runner: event.data.runner,
    generation: event.data.generation,
  };
  for (const id of agent.runs) {
    const run = draft.runs[id];
    if (run?.lost) draft.runs[id] = found(run);
  }
}

function found(run: Run): Run {
  const { lost: _lost, ...rest } = run;
  return rest;
}

function applyToRun(draft: WorkingFleet, agent: Agent, id: string, event: LogEvent): void {
  const run = draft.runs[id];
  if (!run) {
    if (event.type === 'run.requested') begin(draft, agent, requestedRun(agent, id, event));
    if (event.type === 'run.started') begin(draft, agent, startedRun(agent, id, event));
    return;
  }
  if (run.agent !== agent.id || isFinal(run.status)) return;
  switch (event.type) {
    case 'run.started':
      draft.runs[id] = {
        ...run,
        status: 'running',
        statusSeq: event.seq,
        startedAt: event.time,
        command: event.data.command,
      };
      return;
    case 'run.progress':
      draft.runs[id] = { ...run, progress: event.data };
      return;
    case 'run.phase':
      draft.runs[id] = { ...run, phase: event.data.name };
      return;
    case 'run.cancel_requested':
      draft.runs[id] = { ...run, cancelRequestedBy: event.actor ?? 'service' };
      return;
    case 'run.lost':
      draft.runs[id] = { ...run, lost: true };
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
      // nothing about a run that anybody would see in the fleet
      return;
  }
}

function requestedRun(
  agent: Agent,
  id: string,
  event: Extract<LogEvent, { type: 'run.requested' }>,
): Run {
  return {
    id,
    agent: agent.id,
    seq: event.seq,
    status: 'requested',
    statusSeq: event.seq,
    requestedBy: event.actor,
    requestedAt: event.time,
    ...event.data,
  };
}

function startedRun(
  agent: Agent,
  id: string,
  event: Extract<LogEvent, { type: 'run.started' }>,
): Run {
  return {
    id,
    agent: agent.id,
    seq: event.seq,
    status: 'running',
    statusSeq: event.seq,
    requestedBy: event.actor,
    startedAt: event.time,
    command: event.data.command,
  };
}

function begin(draft: WorkingFleet, agent: Agent, run: Run): void {
  draft.runs[run.id] = run;
  draft.agents[agent.id] = { ...agent, runs: [...agent.runs, run.id] };
}

function finish(
  draft: WorkingFleet,
  agent: Agent,
  run: Run,
  status: FinalStatus,
  event: LogEvent,
): void {
  const beganAt = run.startedAt ?? run.requestedAt ?? event.time;
  draft.runs[run.id] = { ...found(run), status, statusSeq: event.seq, endedAt: event.time };
  if (agent.lastRun !== undefined) delete draft.runs[agent.lastRun];
  const outcome = {
    run: run.id,
    status,
    endedAt: event.time,
    durationMs: Math.max(0, Date.parse(event.time) - Date.parse(beganAt)),
  };
  draft.agents[agent.id] = {
    ...agent,
    runs: agent.runs.filter((id) => id !== run.id),
    lastRun: run.id,
    recent: [...agent.recent, outcome].slice(-RECENT_OUTCOMES),
  };
}
