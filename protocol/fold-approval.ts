/** How events change the questions that an agent waits for. */
import type { LogEvent } from './event.ts';
import type { Agent, ClosedApproval } from './fleet.ts';
import { CLOSED_APPROVALS, OPEN_APPROVALS } from './limits.ts';

type ApprovalEvent = Extract<LogEvent, { type: `approval.${string}` }>;

export function applyToApprovals(agent: Agent, event: ApprovalEvent): Agent {
  const open = agent.approvals ?? [];
  if (event.type === 'approval.requested') {
    if (open.length >= OPEN_APPROVALS) return agent;
    const { id, run, seq, time: requestedAt } = event;
    return { ...agent, approvals: [...open, { ...event.data, id, run, seq, requestedAt }] };
  }
  const { approval: id } = event.data;
  if (!open.some((approval) => approval.id === id)) return agent;
  return {
    ...agent,
    approvals: open.filter((approval) => approval.id !== id),
    closedApprovals: [...(agent.closedApprovals ?? []), closed(id, event)].slice(-CLOSED_APPROVALS),
  };
}

function closed(
  id: string,
  event: Exclude<ApprovalEvent, { type: 'approval.requested' }>,
): ClosedApproval {
  const at = event.time;
  switch (event.type) {
    case 'approval.resolved': {
      const { choice, text } = event.data;
      return { id, outcome: 'resolved', choice, text, by: event.actor, at };
    }
    case 'approval.expired':
      return { id, outcome: 'expired', at };
    case 'approval.withdrawn':
      return { id, outcome: 'withdrawn', at };
  }
}
