/** Decisions about agents and their connections. */
import type { Actor, CommandOf, Decision } from './command.ts';
import type { EventDraft } from '../events/event.ts';
import type { AgentProfile } from '../events/agent.ts';
import { PROFILE_FIELDS } from '../events/agent.ts';
import type { Agent, Fleet } from '../fleet/fleet.ts';
import { activeRuns } from '../fleet/fleet.ts';
import { rejectCommand, refuseNonOwner, unknownAgent } from './refusal.ts';

/** Records the start of a service process, and which agents lost their connection with an earlier one. */
export function recordServiceStart(
  fleet: Fleet,
  { instance, version, alive }: CommandOf<'start-service'>,
): Decision {
  const orphans = liveAgents(fleet)
    .filter((agent) => agent.instance === undefined || !alive.includes(agent.instance))
    .map(({ id }) => id);
  const data = { instance, version, orphans };
  return { events: [{ type: 'service.started', actor: 'service', data }] };
}

/** Recorded by the process itself, or by an instance that finds it dead; further such findings change nothing. */
export function stopService(
  fleet: Fleet,
  { instance, reason }: CommandOf<'stop-service'>,
): Decision {
  const orphans = liveAgents(fleet)
    .filter((agent) => agent.instance === instance)
    .map(({ id }) => id);
  if (reason === 'lost' && orphans.length === 0) return { events: [] };
  const data = { instance, reason, orphans };
  return { events: [{ type: 'service.stopped', actor: 'service', data }] };
}

function liveAgents(fleet: Fleet): Agent[] {
  return Object.values(fleet.agents).filter((agent) => agent.liveness === 'live');
}

/** Registers a new agent, or replaces the profile of a known one. */
export function registerAgent(
  fleet: Fleet,
  { agent: id, profile }: CommandOf<'register-agent'>,
  actor: Actor,
): Decision {
  const known = fleet.agents[id];
  if (!known) {
    const data = { ...profile, owner: actor.user };
    return { events: [{ type: 'agent.registered', agent: id, actor: actor.user, data }] };
  }
  if (known.session !== undefined && known.session !== (profile.session ?? known.session)) {
    return rejectCommand('agent-busy', `"${id}" stands for another session. Use another id.`);
  }
  const refusal = refuseNonOwner(known, actor);
  if (refusal) return refusal;
  if (sameProfile(known, profile)) return { events: [] };
  return { events: [{ type: 'agent.updated', agent: id, actor: actor.user, data: profile }] };
}

function sameProfile(agent: Agent, profile: AgentProfile): boolean {
  return PROFILE_FIELDS.every(
    (field) => JSON.stringify(agent[field]) === JSON.stringify(profile[field]),
  );
}

/** Removes an agent that is neither connected nor running. */
export function removeAgent(
  fleet: Fleet,
  { agent: id }: CommandOf<'remove-agent'>,
  actor: Actor,
): Decision {
  const agent = fleet.agents[id];
  if (!agent) return unknownAgent(id);
  const refusal = refuseNonOwner(agent, actor);
  if (refusal) return refusal;
  if (agent.liveness === 'live' || agent.runs.length > 0) {
    return rejectCommand('agent-busy', `"${id}" is connected or running. Stop its runner first.`);
  }
  return { events: [{ type: 'agent.removed', agent: id, actor: actor.user, data: {} }] };
}

/** Connects a runner to its agents, all with the same new generation. */
export function connectAgent(
  fleet: Fleet,
  { runner, agents, instance }: CommandOf<'connect'>,
  actor: Actor,
): Decision {
  let generation = 1;
  for (const id of agents) {
    const agent = fleet.agents[id];
    if (!agent) return unknownAgent(id);
    const refusal = refuseNonOwner(agent, actor);
    if (refusal) return refusal;
    if (agent.liveness === 'live' && agent.runner !== runner) {
      return rejectCommand(
        'agent-busy',
        `"${id}" is connected through another runner, ${agent.runner}. Stop that runner, or use another agent id.`,
      );
    }
    generation = Math.max(generation, agent.generation + 1);
  }
  const data = { runner, generation, instance };
  return {
    events: agents.map((agent) => ({ type: 'agent.connected', agent, actor: actor.user, data })),
  };
}

/** Ends a connection; agents that have reconnected since are not affected. Their active runs are lost. */
export function disconnect(
  fleet: Fleet,
  { connection, reason }: CommandOf<'disconnect'>,
): Decision {
  const events: EventDraft[] = [];
  for (const agent of Object.values(fleet.agents)) {
    if (agent.runner !== connection.runner || agent.generation !== connection.generation) continue;
    if (agent.liveness !== 'live' && agent.liveness !== 'stale') continue;
    const data = { ...connection, reason };
    events.push({ type: 'agent.disconnected', agent: agent.id, actor: 'service', data });
    for (const run of activeRuns(fleet, agent)) {
      if (run.lost) continue;
      events.push({ type: 'run.lost', agent: agent.id, run: run.id, actor: 'service', data: {} });
    }
  }
  return { events };
}
