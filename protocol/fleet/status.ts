/**
 * The status of an agent, and whether it needs attention. Both are derived from the fleet and never stored.
 */
import type { Agent, Approval, Fleet } from './fleet.ts';
import { currentRun, isFinal } from './fleet.ts';

/**
 * `lost`: the runner lost contact during a run. `stale`: the service restarted and the runner has not reconnected yet.
 * `cancelling`: cancellation is requested but not confirmed. `needs-approval`, `needs-input`: an open question.
 * `idle`: connected or unmonitored, and has never run.
 */
export type Status =
  | 'needs-approval'
  | 'needs-input'
  | 'failed'
  | 'offline'
  | 'lost'
  | 'cancelling'
  | 'running'
  | 'paused'
  | 'requested'
  | 'queued'
  | 'stale'
  | 'succeeded'
  | 'cancelled'
  | 'idle';

/** The status to show for an agent. */
export function statusOf(fleet: Fleet, agent: Agent): Status {
  const run = currentRun(fleet, agent);
  const [question] = openQuestions(fleet, agent);
  if (question) return question.kind === 'permission' ? 'needs-approval' : 'needs-input';
  if (run && !isFinal(run.status)) {
    if (run.lost) return 'lost';
    return run.cancelRequestedBy === undefined ? run.status : 'cancelling';
  }
  const attention = attentionOf(fleet, agent);
  if (attention) return attention.kind;
  if (agent.liveness === 'offline') return 'offline';
  if (agent.liveness === 'stale') return 'stale';
  return run?.status ?? 'idle';
}

/** Questions that can be answered now, oldest first: all except those of runs that are out of contact. */
export function openQuestions(fleet: Fleet, agent: Agent): readonly Approval[] {
  return (agent.approvals ?? []).filter(({ run }) => run === undefined || !fleet.runs[run]?.lost);
}

export interface Attention {
  readonly kind: 'failed' | 'offline';
  /** Position of the event that caused it. An incident keeps its position; the next incident has a higher one. */
  readonly seq: number;
}

/** The user who acknowledged the incident or question at `seq`. */
export function acknowledgedBy(agent: Agent, seq: number): string | undefined {
  return agent.acknowledged?.attention === seq ? agent.acknowledged.by : undefined;
}

/**
 * Whether a person should look at the agent. A failure is over when the next run starts, a lost connection when the
 * runner reconnects. A runner that was stopped on purpose needs no attention.
 */
export function attentionOf(fleet: Fleet, agent: Agent): Attention | undefined {
  const run = currentRun(fleet, agent);
  const { lostSince, livenessSeq } = agent;
  if (agent.liveness === 'offline' && agent.offlineReason !== 'goodbye' && lostSince) {
    const lostRun = run?.failure?.reason === 'lost';
    if (lostRun || run?.status !== 'failed' || run.statusSeq < livenessSeq) {
      return { kind: 'offline', seq: lostSince.seq };
    }
  }
  if (run?.status === 'failed') return { kind: 'failed', seq: run.statusSeq };
  return undefined;
}
