/**
 * fold(fleet, events) → fleet: the only way to change state, in the service and in every browser.
 *
 * Pure and total: an event that does not apply (unknown agent, finished run, type of a newer service) only advances
 * `seq`, so that the same events always give the same fleet. Each call copies the two tables once; agents and runs
 * are replaced, never mutated.
 */
import { isDetail } from '../events/detail.ts';
import type { LogEvent } from '../events/event.ts';
import type { AgentProfile } from '../events/agent.ts';
import type { Agent, Fleet, Run } from './fleet.ts';
import { isUnexpected } from './fleet.ts';
import { applyToApprovals, withdrawApprovals } from './fold-approval.ts';
import type { WorkingFleet } from './fold-run.ts';
import { applyToRun, clearLost } from './fold-run.ts';
import { FLAPPING_MS } from '../wire/limits.ts';

/** The fleet after `events`, which must follow `fleet.seq` in order. */
export function fold(fleet: Fleet, events: readonly LogEvent[]): Fleet {
  if (events.length === 0) return fleet;
  const working = workingCopy(fleet);
  foldInto(working, events);
  return working;
}

/** A copy for `foldInto`. */
export function workingCopy(fleet: Fleet): WorkingFleet {
  return { seq: fleet.seq, agents: { ...fleet.agents }, runs: { ...fleet.runs } };
}

/**
 * Folds into a working copy, which saves copying the tables for each of several small batches.
 *
 * @param touchedRuns collects every run that changes, in its latest state, including runs that the fleet drops.
 */
export function foldInto(
  fleet: WorkingFleet,
  events: readonly LogEvent[],
  touchedRuns?: Map<string, Run>,
): void {
  for (const event of events) {
    const affected = touchedRuns ? affectedRuns(fleet, event) : [];
    const before = affected.map((id) => fleet.runs[id]);
    apply(fleet, event);
    fleet.seq = event.seq;
    affected.forEach((id, index) => {
      const run = fleet.runs[id];
      if (run && run !== before[index]) touchedRuns?.set(id, run);
    });
  }
}

/** Runs that this event may change. */
function affectedRuns(fleet: Fleet, event: LogEvent): readonly string[] {
  if (event.type === 'agent.connected') return fleet.agents[event.agent ?? '']?.runs ?? [];
  return event.run === undefined ? [] : [event.run];
}

function apply(draft: WorkingFleet, event: LogEvent): void {
  if (event.type === 'service.started' || event.type === 'service.stopped') {
    for (const id of event.data.orphans) markStale(draft, id, event.seq);
    return;
  }
  if (event.agent === undefined || isDetail(event.type)) return;
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
      // without a connection nobody waits for an answer; the questions of a run stay until the run ends
      draft.agents[agent.id] = {
        ...withdrawApprovals(seen, ({ run }) => run === undefined, event.time),
        liveness: event.data.reason === 'ended' ? 'ended' : 'offline',
        livenessSeq: event.seq,
        offlineReason: event.data.reason,
        ...(isUnexpected(event.data.reason) && { lostSince: lostSinceOf(agent, event) }),
      };
      return;
    case 'agent.removed':
      for (const run of [...agent.runs, agent.lastRun ?? '']) delete draft.runs[run];
      delete draft.agents[agent.id];
      return;
    case 'agent.acknowledged': {
      const { attention } = event.data;
      const by = event.actor ?? 'service';
      draft.agents[agent.id] = { ...agent, acknowledged: { attention, by, at: event.time } };
      return;
    }
    case 'agent.unacknowledged': {
      const { acknowledged: _acknowledged, ...rest } = agent;
      draft.agents[agent.id] = rest;
      return;
    }
    case 'error.reported':
      draft.agents[agent.id] = {
        ...seen,
        lastError: { message: event.data.message, at: event.time },
      };
      return;
    case 'approval.requested':
    case 'approval.resolved':
    case 'approval.expired':
    case 'approval.withdrawn':
      draft.agents[agent.id] = applyToApprovals(seen, event);
      return;
    default:
      draft.agents[agent.id] = seen;
      if (event.run !== undefined) applyToRun(draft, seen, event.run, event);
  }
}

function lostSinceOf(
  { lostSince }: Agent,
  { seq, time: at }: LogEvent,
): NonNullable<Agent['lostSince']> {
  const isFlapping = lostSince && Date.parse(at) - Date.parse(lostSince.at) < FLAPPING_MS;
  return { seq: isFlapping ? lostSince.seq : seq, at };
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
  const {
    description: _description,
    host: _host,
    kind: _kind,
    tags: _tags,
    parameters: _parameters,
    maxConcurrentRuns: _maxConcurrentRuns,
    budget: _budget,
    ephemeral: _ephemeral,
    ...rest
  } = agent;
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
  const { offlineReason: _offlineReason, ...rest } = agent;
  draft.agents[agent.id] = {
    ...rest,
    liveness: 'live',
    livenessSeq: event.seq,
    runner: event.data.runner,
    generation: event.data.generation,
    ...(event.data.instance !== undefined && { instance: event.data.instance }),
  };
  for (const id of agent.runs) {
    const run = draft.runs[id];
    if (run?.lost) draft.runs[id] = clearLost(run);
  }
}
