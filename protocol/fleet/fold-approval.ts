/** The part of the fold that handles questions to a person. */
import type { LogEvent } from '../events/event.ts';
import type { Agent, Approval, ClosedApproval } from './fleet.ts';
import { CLOSED_APPROVALS, OPEN_APPROVALS } from '../wire/limits.ts';

type ApprovalEvent = Extract<LogEvent, { type: `approval.${string}` }>;

/** The agent after an event about one of its questions. */
export function applyToApprovals(agent: Agent, event: ApprovalEvent): Agent {
  const open = agent.approvals ?? [];
  if (event.type === 'approval.requested') {
    if (open.length >= OPEN_APPROVALS) return agent;
    const { id, run, seq, time: requestedAt } = event;
    return { ...agent, approvals: [...open, { ...event.data, id, run, seq, requestedAt }] };
  }
  const { approval: id } = event.data;
  if (!open.some((approval) => approval.id === id)) return agent;
  return close(agent, ({ id: other }) => other === id, [closed(id, event)]);
}

/**
 * Withdraws the open questions that `isOver` selects, because another event made their answers unnecessary.
 *
 * @param at time of that event.
 */
export function withdrawApprovals(
  agent: Agent,
  isOver: (approval: Approval) => boolean,
  at: string,
): Agent {
  const over = agent.approvals?.filter((approval) => isOver(approval)) ?? [];
  if (over.length === 0) return agent;
  return close(
    agent,
    isOver,
    over.map(({ id }) => ({ id, outcome: 'withdrawn', at })),
  );
}

function close(
  agent: Agent,
  isOver: (approval: Approval) => boolean,
  justClosed: readonly ClosedApproval[],
): Agent {
  return {
    ...agent,
    approvals: agent.approvals?.filter((approval) => !isOver(approval)) ?? [],
    closedApprovals: [...(agent.closedApprovals ?? []), ...justClosed].slice(-CLOSED_APPROVALS),
  };
}

function closed(
  id: string,
  event: Exclude<ApprovalEvent, { type: 'approval.requested' }>,
): ClosedApproval {
  const at = event.time;
  switch (event.type) {
    case 'approval.resolved': {
      const { choice, text, via } = event.data;
      return { id, outcome: 'resolved', choice, text, by: event.actor, via, at };
    }
    case 'approval.expired':
      return { id, outcome: 'expired', at };
    case 'approval.withdrawn':
      return { id, outcome: 'withdrawn', at };
  }
}
