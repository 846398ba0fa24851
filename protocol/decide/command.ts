/**
 * Commands to the log, who gives them, and the decisions about them.
 */
import type { EventData, EventDraft } from '../events/event.ts';
import type { AgentProfile, DisconnectReason } from '../events/agent.ts';
import type { RunRequest } from '../events/run.ts';
import type { Run } from '../fleet/fleet.ts';
import type { Problem } from '../wire/problem.ts';
import type { Scope } from '../wire/messages.ts';

/** The user on whose behalf a command is given. */
export interface Actor {
  readonly user: string;
  readonly scopes: readonly Scope[];
}

/** The service itself, for commands that no user gave: presence and expiry. */
export const SERVICE_ACTOR: Actor = { user: 'service', scopes: ['admin'] };

/** One connection of a runner: it lasts as long as its command stream. */
export interface RunnerConnection {
  readonly runner: string;
  /** Higher than the generation of any earlier connection of the runner's agents. */
  readonly generation: number;
}

/** A reported event with a valid envelope; `decide` checks `data` against the schema of the type. */
export interface ReportedEvent {
  readonly id?: string | undefined;
  readonly type: string;
  readonly agent: string;
  readonly run?: string | undefined;
  readonly time?: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What decides whether an event of a run may be reported. */
export type KnownRun = Pick<Run, 'agent' | 'status'>;

export type Command =
  | {
      readonly type: 'start-service';
      readonly instance: string;
      readonly version: string;
      /** Other live service processes; the agents connected to them are not orphans. */
      readonly alive: readonly string[];
    }
  | {
      readonly type: 'stop-service';
      readonly instance: string;
      readonly reason: 'shutdown' | 'lost';
    }
  | { readonly type: 'register-agent'; readonly agent: string; readonly profile: AgentProfile }
  | { readonly type: 'remove-agent'; readonly agent: string }
  | {
      readonly type: 'connect';
      readonly runner: string;
      readonly agents: readonly string[];
      /** The service process that holds the connection. */
      readonly instance: string;
    }
  | {
      readonly type: 'disconnect';
      /** Agents that have reconnected since are not affected. */
      readonly connection: RunnerConnection;
      readonly reason: DisconnectReason;
    }
  | { readonly type: 'lose-run'; readonly run: string; readonly message: string }
  | {
      readonly type: 'request-run';
      readonly agent: string;
      readonly run: string;
      readonly request: RunRequest;
      /** Queue the run while the agent is busy or offline. */
      readonly queue?: boolean | undefined;
      /** Id for the event, if the client sent an idempotency key. */
      readonly event?: string;
    }
  | { readonly type: 'cancel-run'; readonly run: string }
  | { readonly type: 'pause-run'; readonly run: string }
  | { readonly type: 'resume-run'; readonly run: string }
  | { readonly type: 'acknowledge'; readonly agent: string; readonly attention: number }
  | {
      readonly type: 'unacknowledge';
      readonly agent: string;
      /** The acknowledgement to end; a newer one is not affected. */
      readonly attention: number;
    }
  | {
      readonly type: 'decide-approval';
      readonly approval: string;
      readonly choice?: string | undefined;
      readonly text?: string | undefined;
      /** Hash of the question that the person saw; refused if the approval has another one. */
      readonly hash: string;
      /** Where the person answered. */
      readonly via?: string | undefined;
    }
  | { readonly type: 'expire-approval'; readonly approval: string }
  | {
      readonly type: 'withdraw-approval';
      readonly approval: string;
      readonly reason: EventData<'approval.withdrawn'>['reason'];
    }
  | {
      readonly type: 'report';
      readonly events: readonly ReportedEvent[];
      /** Position of each of `events` in its request, for problems. Default: that in `events`. */
      readonly places?: readonly number[];
      readonly connection?: RunnerConnection | undefined;
      /** Runs in `events` that the fleet no longer holds, from the table of runs. */
      readonly finished?: Readonly<Record<string, KnownRun>>;
    };

export type Decision =
  | { readonly events: readonly EventDraft[]; readonly problem?: never }
  | { readonly problem: Problem; readonly events?: never };

export type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;
