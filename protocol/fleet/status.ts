/**
 * What one agent shows at a glance, and whether somebody should look: derived from the fleet, stored nowhere.
 */
import type { Agent, Approval, Fleet } from './fleet.ts';
import { currentRun, isFinal } from './fleet.ts';

/**
 * `lost`: running when its runner went out of contact. `stale`: the service restarted and the runner is not
 * back yet. `cancelling`: wished, not confirmed. `needs-approval`, `needs-input`: it waits for a person. `idle`: connected, or unmonitored, and never ran.
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

/** Questions that a person can answer now, oldest first; not those of a run that is out of contact. */
export function openQuestions(fleet: Fleet, agent: Agent): readonly Approval[] {
  return (agent.approvals ?? []).filter(({ run }) => run === undefined || !fleet.runs[run]?.lost);
}

export interface Attention {
  readonly kind: 'failed' | 'offline';
  /** Position of the event that caused it: the same incident keeps it, the next one has a higher one. */
  readonly seq: number;
}

/** Who has said that they take care of what happened at `seq`. */
export function caretakerOf(agent: Agent, seq: number): string | undefined {
  return agent.acknowledged?.attention === seq ? agent.acknowledged.by : undefined;
}

/**
 * Whether the agent's state is one that a person should hear of. A failure is over when the next run begins,
 * a lost connection when it is back. Being stopped on purpose is neither.
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
