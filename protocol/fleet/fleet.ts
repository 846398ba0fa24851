/**
 * The fleet: the current state of all agents, runs and approvals, computed by folding the log.
 *
 * Its size does not depend on the length of the log: it holds the live runs, and for each agent its last finished
 * run and ten outcomes.
 */
import type { EventData } from '../events/event.ts';
import type { AgentProfile, DisconnectReason } from '../events/agent.ts';
import type { AgentId, EventId, RunId, RunnerId } from '../wire/ids.ts';

/** The state of a run. The last three are final: only a run that was presumed lost changes again. */
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
  /** Position of the event that created the run; the history is ordered by it. */
  readonly seq: number;
  readonly status: RunStatus;
  /** Position of the event that set `status`. */
  readonly statusSeq: number;
  /** The user who requested the run, or whose token started it. */
  readonly requestedBy?: string | undefined;
  /** ISO 8601, UTC, like every time in the fleet. */
  readonly requestedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly command?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly prompt?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** The run that requested this one. */
  readonly parent?: RunId | undefined;
  /** The run that this one repeats. */
  readonly retryOf?: RunId | undefined;
  readonly phase?: string;
  /** Value (0 to 1) and message of the latest report. */
  readonly progress?: EventData<'run.progress'>;
  /** The user who requested cancellation; the runner has not confirmed it yet. */
  readonly cancelRequestedBy?: string;
  /** A request to pause or resume that the runner has not confirmed yet. */
  readonly controlRequest?: { readonly kind: 'pause' | 'resume'; readonly by: string };
  readonly steps?: StepSummary;
  /** Total usage so far. */
  readonly usage?: EventData<'usage.reported'>;
  /** The newest value of each named metric, at most `METRIC_NAMES`. */
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** Limits of the agent that the run exceeded, each with the position of its `budget.exceeded` event. */
  readonly overBudget?: readonly (EventData<'budget.exceeded'> & { readonly seq: number })[];
  /** Set while the runner is out of contact. */
  readonly lost?: true;
  /** The final message of a finished run. */
  readonly message?: string | undefined;
  readonly failure?: Omit<EventData<'run.failed'>, 'message'>;
}

export interface StepSummary {
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Number of steps in the graph, if one was reported. */
  readonly total?: number;
  /** The step that started last, until it ends. */
  readonly current?: { readonly step: string; readonly name: string };
}

export interface Metric {
  readonly value: number;
  readonly unit?: string | undefined;
  readonly objective?: 'min' | 'max' | undefined;
  /** The best value so far, if there is an objective. */
  readonly best?: number;
}

/** An open question to a person. Its id is the id of its `approval.requested` event. */
export interface Approval extends EventData<'approval.requested'> {
  readonly id: EventId;
  readonly run?: RunId | undefined;
  /** Position of its `approval.requested` event. */
  readonly seq: number;
  readonly requestedAt: string;
}

/** How a question ended. */
export interface ClosedApproval {
  readonly id: EventId;
  readonly outcome: 'resolved' | 'expired' | 'withdrawn';
  readonly choice?: string | undefined;
  readonly text?: string | undefined;
  /** The user who answered; `via` tells where. */
  readonly by?: string | undefined;
  readonly via?: string | undefined;
  readonly at: string;
}

/**
 * Whether the agent can be reached. `unmonitored`: it reports over HTTP and has never had a connection.
 * `stale`: the service restarted and the runner has not reconnected yet. `ended`: the agent existed for one run or
 * session, which is over.
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
  /** Position of the event that set `liveness`. */
  readonly livenessSeq: number;
  readonly offlineReason?: DisconnectReason;
  /**
   * The latest unexpected loss of its connection. Losses in quick succession are one incident: `at` is the time of
   * the latest, `seq` the position of the first.
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
  /** The run that finished last; the fleet still holds it. */
  readonly lastRun?: RunId;
  /** Outcomes of the last runs, newest last, at most `RECENT_OUTCOMES`. */
  readonly recent: readonly RunOutcome[];
  readonly lastError?: { readonly message: string; readonly at: string };
  /** Open questions, oldest first, at most `OPEN_APPROVALS`. */
  readonly approvals?: readonly Approval[];
  /** The questions that were closed last, newest last, at most `CLOSED_APPROVALS`. */
  readonly closedApprovals?: readonly ClosedApproval[];
  /** The user who acknowledged the incident or question at position `attention`. */
  readonly acknowledged?: {
    readonly attention: number;
    readonly by: string;
    readonly at: string;
  };
  /** Usage on the last UTC day that had any. */
  readonly spent?: Spent;
}

export interface Spent {
  /** UTC day, such as `2026-01-31`. */
  readonly day: string;
  readonly costUsd: number;
  /** Sum of input and output tokens. */
  readonly tokens: number;
}

export interface Fleet {
  /** Position of the last folded event; 0 for the empty log. */
  readonly seq: number;
  readonly agents: Readonly<Record<AgentId, Agent>>;
  readonly runs: Readonly<Record<RunId, Run>>;
}

export const EMPTY_FLEET: Fleet = { seq: 0, agents: {}, runs: {} };

/**
 * Whether a run only seems to have failed, because its runner was out of contact. That is a guess: what the runner
 * reports later replaces it.
 */
export function isPresumedLost({ status, failure }: Run): boolean {
  return status === 'failed' && failure?.reason === 'lost';
}

/** Whether a run with this status has ended. */
export function isFinal(status: RunStatus): status is FinalStatus {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** Whether a connection ended for a reason that nobody intended. */
export function isUnexpected(reason: DisconnectReason): boolean {
  return reason !== 'ended' && reason !== 'goodbye';
}

/** The agent's live runs, oldest first. */
function liveRuns(fleet: Fleet, agent: Agent): Run[] {
  return agent.runs.flatMap((id) => fleet.runs[id] ?? []);
}

/** The agent's queued runs, the next one first. */
export function queuedRuns(fleet: Fleet, agent: Agent): Run[] {
  return liveRuns(fleet, agent).filter(({ status }) => status === 'queued');
}

/** The agent's live runs that are not queued, oldest first. */
export function activeRuns(fleet: Fleet, agent: Agent): Run[] {
  return liveRuns(fleet, agent).filter(({ status }) => status !== 'queued');
}

/** The run to show for an agent: the newest active one, else the next queued one, else the last finished one. */
export function currentRun(fleet: Fleet, agent: Agent): Run | undefined {
  const live = activeRuns(fleet, agent).at(-1) ?? queuedRuns(fleet, agent)[0];
  if (live) return live;
  return agent.lastRun === undefined ? undefined : fleet.runs[agent.lastRun];
}
