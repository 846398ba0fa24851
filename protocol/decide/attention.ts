/** Decisions about acknowledging what needs attention. */
import type { Actor, CommandOf, Decision } from './command.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { rejectCommand, unknownAgent } from './refusal.ts';
import { attentionOf, openQuestions } from '../fleet/status.ts';

/** Every user may acknowledge: it does not affect the agent, and tells other users that somebody is on it. */
export function acknowledgeAttention(
  fleet: Fleet,
  { agent: id, attention }: CommandOf<'acknowledge'>,
  actor: Actor,
): Decision {
  const agent = fleet.agents[id];
  if (!agent) return unknownAgent(id);
  const { acknowledged } = agent;
  if (acknowledged?.attention === attention && acknowledged.by === actor.user) {
    return { events: [] };
  }
  const waiting = openQuestions(fleet, agent).map(({ seq }) => seq);
  if (attentionOf(fleet, agent)?.seq !== attention && !waiting.includes(attention)) {
    return rejectCommand(
      'illegal-transition',
      `"${id}" no longer needs attention for the event at position ${attention}.`,
    );
  }
  const data = { attention };
  return { events: [{ type: 'agent.acknowledged', agent: id, actor: actor.user, data }] };
}

/** Ends an acknowledgement, unless a newer one has replaced it. */
export function unacknowledge(
  fleet: Fleet,
  { agent: id, attention }: CommandOf<'unacknowledge'>,
  actor: Actor,
): Decision {
  const agent = fleet.agents[id];
  if (!agent) return unknownAgent(id);
  if (agent.acknowledged?.attention !== attention) return { events: [] };
  return { events: [{ type: 'agent.unacknowledged', agent: id, actor: actor.user, data: {} }] };
}
