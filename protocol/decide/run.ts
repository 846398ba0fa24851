/** Decisions about requested runs, and about runs that are out of contact. */
import type { Actor, CommandOf, Decision } from './command.ts';
import type { Agent, Fleet, Run } from '../fleet/fleet.ts';
import { activeRuns, isFinal, queuedRuns } from '../fleet/fleet.ts';
import { QUEUED_RUNS } from '../wire/limits.ts';
import type { Problem } from '../wire/problem.ts';
import { rejectCommand, refuseNonOwner, runFinished, unknownAgent } from './refusal.ts';

interface Refused {
  readonly problem: Problem;
}

/** Fails a run whose runner did not reconnect in time; a run that is back in contact is not changed. */
export function loseRun(fleet: Fleet, { run: id, message }: CommandOf<'lose-run'>): Decision {
  const run = fleet.runs[id];
  if (!run?.lost || isFinal(run.status)) return { events: [] };
  const data = { reason: 'lost' as const, message };
  return { events: [{ type: 'run.failed', agent: run.agent, run: id, actor: 'service', data }] };
}

/** Starts a run, or queues it if the request allows that. */
export function requestRun(
  fleet: Fleet,
  { agent: id, run, request, queue, event }: CommandOf<'request-run'>,
  actor: Actor,
): Decision {
  const agent = fleet.agents[id];
  if (!agent) return unknownAgent(id);
  const refusal = refuseNonOwner(agent, actor);
  if (refusal) return refusal;
  if (!agent.capabilities.includes('run')) {
    return rejectCommand(
      'not-supported',
      `"${id}" only reports its runs. It can't be started from here.`,
    );
  }
  if (request.prompt !== undefined && !agent.capabilities.includes('prompt')) {
    return rejectCommand('not-supported', `"${id}" does not accept a prompt.`);
  }
  const draft = (type: 'run.requested' | 'run.queued'): Decision => {
    const drafted = { type, agent: id, run, actor: actor.user, data: request } as const;
    return { events: [event === undefined ? drafted : { ...drafted, id: event }] };
  };
  const obstacle = findObstacle(fleet, agent);
  if (!obstacle) return draft('run.requested');
  if (queue !== true) return obstacle;
  if (queuedRuns(fleet, agent).length < QUEUED_RUNS) return draft('run.queued');
  return rejectCommand(
    'queue-full',
    `${QUEUED_RUNS} runs of "${id}" are already queued. Cancel one first.`,
  );
}

/** The problem that prevents a run from starting now. */
function findObstacle(fleet: Fleet, agent: Agent): Refused | undefined {
  const { id, liveness, maxConcurrentRuns = 1 } = agent;
  const active = activeRuns(fleet, agent);
  const [oldest] = active;
  if (oldest && active.length >= maxConcurrentRuns) {
    const busy =
      maxConcurrentRuns === 1
        ? `"${id}" is already running. Wait until it ends, cancel it first`
        : `"${id}" already has ${active.length} active runs, its maximum. Wait until one ends, cancel one`;
    const detail = `${busy}, or queue this run ("queue": true).`;
    return rejectCommand('already-running', detail, { run: oldest.id });
  }
  if (liveness === 'live') return undefined;
  return rejectCommand(
    'agent-offline',
    `The runner of "${id}" is not connected. Start it (agentlight up) and try again, or queue the run ("queue": true).`,
  );
}

/** Requests cancellation of a run; a queued run is cancelled at once. */
export function cancelRun(
  fleet: Fleet,
  { run: id }: CommandOf<'cancel-run'>,
  actor: Actor,
): Decision {
  const found = findLive(fleet, id, actor);
  if (found.problem) return found;
  const { run, agent } = found;
  const drafted = { agent: agent.id, run: id, actor: actor.user, data: {} } as const;
  // a queued run has not reached a runner yet
  if (run.status === 'queued') return { events: [{ type: 'run.cancelled', ...drafted }] };
  if (!agent.capabilities.includes('cancel')) {
    return rejectCommand('not-supported', `"${agent.id}" can't be cancelled from here.`);
  }
  if (run.cancelRequestedBy !== undefined) return { events: [] };
  return { events: [{ type: 'run.cancel_requested', ...drafted }] };
}

/** Requests that a run pause. */
export function pauseRun(
  fleet: Fleet,
  { run: id }: CommandOf<'pause-run'>,
  actor: Actor,
): Decision {
  const found = findLive(fleet, id, actor);
  if (found.problem) return found;
  const { run, agent } = found;
  if (!agent.capabilities.includes('pause')) return cantPause(agent);
  if (run.status !== 'running') {
    return rejectCommand('illegal-transition', `Run ${id} is ${run.status}.`, { run: id });
  }
  if (run.controlRequest?.kind === 'pause') return { events: [] };
  const drafted = { agent: agent.id, run: id, actor: actor.user, data: {} } as const;
  return { events: [{ type: 'run.pause_requested', ...drafted }] };
}

/** Requests that a paused run continue. */
export function resumeRun(
  fleet: Fleet,
  { run: id }: CommandOf<'resume-run'>,
  actor: Actor,
): Decision {
  const found = findLive(fleet, id, actor);
  if (found.problem) return found;
  const { run, agent } = found;
  if (!agent.capabilities.includes('pause')) return cantPause(agent);
  // a pause that is not confirmed yet can be withdrawn
  if (run.status !== 'paused' && run.controlRequest?.kind !== 'pause') {
    return rejectCommand('illegal-transition', `Run ${id} is ${run.status}.`, { run: id });
  }
  if (run.controlRequest?.kind === 'resume') return { events: [] };
  const drafted = { agent: agent.id, run: id, actor: actor.user, data: {} } as const;
  return { events: [{ type: 'run.resume_requested', ...drafted }] };
}

function cantPause({ id }: Agent): Refused {
  return rejectCommand('not-supported', `"${id}" can't be paused.`);
}

type FoundRun = { readonly run: Run; readonly agent: Agent; readonly problem?: never } | Refused;

/** Finds a live run of an agent that the actor may control. */
function findLive(fleet: Fleet, id: string, actor: Actor): FoundRun {
  const run = fleet.runs[id];
  const agent = run && fleet.agents[run.agent];
  if (!run || !agent) return rejectCommand('unknown-run', `There is no live run ${id}.`);
  const refusal = refuseNonOwner(agent, actor);
  if (refusal) return refusal;
  return isFinal(run.status) ? runFinished(id, run.status) : { run, agent };
}
