/** Decisions about runs that people ask for, and about runs out of contact. */
import type { Actor, CommandOf, Decision } from './command.ts';
import type { EventDraft } from './event.ts';
import type { Fleet } from './fleet.ts';
import { isFinal, liveRuns } from './fleet.ts';
import { refuse, refuseStranger, runFinished, unknownAgent } from './refusal.ts';

/** Ends a run whose runner did not come back in time; one that is back in contact goes on. */
export function loseRun(fleet: Fleet, { run: id, message }: CommandOf<'lose-run'>): Decision {
  const run = fleet.runs[id];
  if (!run?.lost || isFinal(run.status)) return { events: [] };
  const data = { reason: 'lost' as const, message };
  return { events: [{ type: 'run.failed', agent: run.agent, run: id, actor: 'service', data }] };
}

export function requestRun(
  fleet: Fleet,
  { agent: id, run, request, event }: CommandOf<'request-run'>,
  actor: Actor,
): Decision {
  const agent = fleet.agents[id];
  if (!agent) return unknownAgent(id);
  const refusal = refuseStranger(agent, actor);
  if (refusal) return refusal;
  if (!agent.capabilities.includes('run')) {
    return refuse('not-supported', `"${id}" only reports; it can't be asked to run.`);
  }
  const [live] = liveRuns(fleet, agent);
  if (live) {
    return refuse('already-running', `"${id}" is running. Wait for it, or cancel it first.`, {
      run: live.id,
    });
  }
  if (agent.liveness !== 'live') {
    return refuse(
      'agent-offline',
      `The runner of "${id}" is not connected. Start it (agentlight up) and try again.`,
    );
  }
  const draft: EventDraft = {
    type: 'run.requested',
    agent: id,
    run,
    actor: actor.user,
    data: request,
  };
  return { events: [event === undefined ? draft : { ...draft, id: event }] };
}

export function cancelRun(
  fleet: Fleet,
  { run: id }: CommandOf<'cancel-run'>,
  actor: Actor,
): Decision {
  const run = fleet.runs[id];
  const agent = run && fleet.agents[run.agent];
  if (!run || !agent) return refuse('unknown-run', `There is no live run ${id}.`);
  const refusal = refuseStranger(agent, actor);
  if (refusal) return refusal;
  if (isFinal(run.status)) return runFinished(run);
  if (!agent.capabilities.includes('cancel')) {
    return refuse('not-supported', `"${agent.id}" can't be cancelled from here.`);
  }
  if (run.cancelRequestedBy !== undefined) return { events: [] };
  const draft: EventDraft = {
    type: 'run.cancel_requested',
    agent: agent.id,
    run: id,
    actor: actor.user,
    data: {},
  };
  return { events: [draft] };
}
