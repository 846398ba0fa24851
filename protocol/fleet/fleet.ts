/**
 * The fleet: what is true now, for everyone who has folded the same events.
 *
 * It stays small however long the log is: live runs, each agent's last finished run, and ten outcomes.
 */
import type { EventData } from '../events/event.ts';
import type { AgentProfile, DisconnectReason } from '../events/agent.ts';
import type { AgentId, EventId, RunId, RunnerId } from '../wire/ids.ts';

/** Where a run is in its life. The last three are final: nothing revives a finished run. */
export type RunStatus =
  | 'queued'
  | 'requested'
  | 'running'
  | 'paused'
  | 'succeeded'
  | 'failed'
  | 'cancelled';
export type FinalStatus = Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>;

export interface Run {
  readonly id: RunId;
  readonly agent: AgentId;
  /** Position of the event that began the run: the order of the history. */
  readonly seq: number;
  readonly status: RunStatus;
  /** Position of the event that led to `status`. */
  readonly statusSeq: number;
  /** The user who asked for it, or under whose token it was started. */
  readonly requestedBy?: string | undefined;
  /** ISO 8601, UTC, like every time in the fleet. */
  readonly requestedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly command?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly prompt?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** The run that asked for this one. */
  readonly parent?: RunId | undefined;
  /** The run that this one repeats. */
  readonly retryOf?: RunId | undefined;
  readonly phase?: string;
  /** 0 to 1, and words; the latest report wins. */
  readonly progress?: EventData<'run.progress'>;
  /** The user who wishes it cancelled; the runner has not confirmed yet. */
  readonly cancelRequestedBy?: string;
  /** A wish to pause or to resume that the runner has not confirmed yet. */
  readonly controlRequest?: { readonly kind: 'pause' | 'resume'; readonly by: string };
  readonly steps?: StepSummary;
  /** Everything used so far. */
  readonly usage?: EventData<'usage.reported'>;
  /** The newest value of each named metric, at most `METRIC_NAMES`. */
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Limits of its agent that it went over, each with the position of the event that said so. */
  readonly overBudget?: readonly (EventData<'budget.exceeded'> & { readonly seq: number })[];
  /** True while the runner is out of contact. */
  readonly lost?: true;
  /** The last word of a finished run. */
  readonly message?: string | undefined;
  readonly failure?: Omit<EventData<'run.failed'>, 'message'>;
}

export interface StepSummary {
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  /** As the graph says. */
  readonly total?: number;
  /** The step that began last and has not ended. */
  readonly current?: { readonly step: string; readonly name: string };
}

export interface Metric {
  readonly value: number;
  readonly unit?: string | undefined;
  readonly objective?: 'min' | 'max' | undefined;
  /** The best value so far, when there is an objective. */
  readonly best?: number;
}

/** A question that waits for a person. Its id is that of the event that asked. */
export interface Approval extends EventData<'approval.requested'> {
  readonly id: EventId;
  readonly run?: RunId | undefined;
  /** Position of the event that asked. */
  readonly seq: number;
  readonly requestedAt: string;
}

/** How a question ended. */
export interface ClosedApproval {
  readonly id: EventId;
  readonly outcome: 'resolved' | 'expired' | 'withdrawn';
  readonly choice?: string | undefined;
  readonly text?: string | undefined;
  /** The user who answered, and where. */
  readonly by?: string | undefined;
  readonly via?: string | undefined;
  readonly at: string;
}

/**
 * Whether the agent can be reached. `unmonitored`: it reports over HTTP and never held a connection.
 * `stale`: the service restarted and its runner is not back yet. `ended`: it was there for one run only.
 */
export type Liveness = 'unmonitored' | 'live' | 'stale' | 'offline' | 'ended';

export interface RunOutcome {
  readonly run: RunId;
  readonly status: FinalStatus;
  readonly endedAt: string;
  readonly durationMs: number;
}

export interface Agent extends AgentProfile {
  readonly id: AgentId;
  readonly owner: string;
  readonly liveness: Liveness;
  /** Position of the event that led to `liveness`. */
  readonly livenessSeq: number;
  readonly offlineReason?: DisconnectReason;
  /**
   * The last time that its connection was lost by surprise, counted from the first of several in a row: whoever
   * flaps is one incident.
   */
  readonly lostSince?: { readonly seq: number; readonly at: string };
  readonly lastSeenAt: string;
  readonly runner?: RunnerId;
  /** The service process that holds, or held, its connection. */
  readonly instance?: string;
  /** Number of its connections so far; 0 before the first. */
  readonly generation: number;
  /** Live runs, oldest first. */
  readonly runs: readonly RunId[];
  /** The newest finished run, still whole in the fleet. */
  readonly lastRun?: RunId;
  /** Newest last, at most `RECENT_OUTCOMES`. */
  readonly recent: readonly RunOutcome[];
  readonly lastError?: { readonly message: string; readonly at: string };
  /** Questions that wait for a person, oldest first, at most `OPEN_APPROVALS`. */
  readonly approvals?: readonly Approval[];
  /** How the last questions ended, newest last, at most `CLOSED_APPROVALS`. */
  readonly closedApprovals?: readonly ClosedApproval[];
  /** Who takes care of the incident at position `attention`. */
  readonly acknowledged?: {
    readonly attention: number;
    readonly by: string;
    readonly at: string;
  };
  /** Used on the newest day (UTC) on which anything was. */
  readonly spent?: Spent;
}

export interface Spent {
  /** Such as `2026-01-31`. */
  readonly day: string;
  readonly costUsd: number;
  /** Input and output together. */
  readonly tokens: number;
}

export interface Fleet {
  /** Position of the last folded event; 0 for the empty log. */
  readonly seq: number;
  readonly agents: Readonly<Record<AgentId, Agent>>;
  readonly runs: Readonly<Record<RunId, Run>>;
}

export const EMPTY_FLEET: Fleet = { seq: 0, agents: {}, runs: {} };

export function isFinal(status: RunStatus): status is FinalStatus {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** Of a connection that ended: not `ended` and not `goodbye`, so nobody meant it. */
export function isSurprise(reason: DisconnectReason): boolean {
  return reason !== 'ended' && reason !== 'goodbye';
}

/** The agent's live runs, oldest first. */
function liveRuns(fleet: Fleet, agent: Agent): Run[] {
  return agent.runs.flatMap((id) => fleet.runs[id] ?? []);
}

/** Runs that wait for their turn, the next one first. */
export function queuedRuns(fleet: Fleet, agent: Agent): Run[] {
  return liveRuns(fleet, agent).filter(({ status }) => status === 'queued');
}

/** Runs that are under way, oldest first: live, and not in the queue. */
export function activeRuns(fleet: Fleet, agent: Agent): Run[] {
  return liveRuns(fleet, agent).filter(({ status }) => status !== 'queued');
}

/** The run to show for an agent: the newest that is under way, else the next in the queue, else the last finished one. */
export function currentRun(fleet: Fleet, agent: Agent): Run | undefined {
  const live = activeRuns(fleet, agent).at(-1) ?? queuedRuns(fleet, agent)[0];
  if (live) return live;
  return agent.lastRun === undefined ? undefined : fleet.runs[agent.lastRun];
}
