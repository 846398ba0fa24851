/**
 * What can be asked of the log, by whom, and what may come of it.
 */
import type { EventData, EventDraft } from '../events/event.ts';
import type { AgentProfile, DisconnectReason } from '../events/agent.ts';
import type { RunRequest } from '../events/run.ts';
import type { RunStatus } from '../fleet/fleet.ts';
import type { Problem } from '../wire/problem.ts';
import type { Scope } from '../wire/messages.ts';

/** On whose behalf a command is given. */
export interface Actor {
  readonly user: string;
  readonly scopes: readonly Scope[];
}

/** The service itself, for what nobody asked for: presence, expiry. */
export const SERVICE_ACTOR: Actor = { user: 'service', scopes: ['admin'] };

/** One period in which a runner holds its command stream. */
export interface RunnerConnection {
  readonly runner: string;
  /** Higher than that of any earlier connection of the runner's agents. */
  readonly generation: number;
}

/** One reported event, its shape already checked; `data` is checked here against its type. */
export interface ReportedEvent {
  readonly id?: string | undefined;
  readonly type: string;
  readonly agent: string;
  readonly run?: string | undefined;
  readonly time?: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Command =
  | {
      readonly type: 'start-service';
      readonly instance: string;
      readonly version: string;
      /** Other service processes that are alive: what they hold is no orphan. */
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
      /** Agents that have been connected anew since are left alone. */
      readonly connection: RunnerConnection;
      readonly reason: DisconnectReason;
    }
  | { readonly type: 'lose-run'; readonly run: string; readonly message: string }
  | {
      readonly type: 'request-run';
      readonly agent: string;
      readonly run: string;
      readonly request: RunRequest;
      /** Wait in line while the agent is busy or offline. */
      readonly queue?: boolean | undefined;
      /** Id of the event, when the client made the request repeatable. */
      readonly event?: string;
    }
  | { readonly type: 'cancel-run'; readonly run: string }
  | { readonly type: 'pause-run'; readonly run: string }
  | { readonly type: 'resume-run'; readonly run: string }
  | { readonly type: 'acknowledge'; readonly agent: string; readonly attention: number }
  | {
      readonly type: 'unacknowledge';
      readonly agent: string;
      /** Only if it is this one. */
      readonly attention: number;
    }
  | {
      readonly type: 'decide-approval';
      readonly approval: string;
      readonly choice?: string | undefined;
      readonly text?: string | undefined;
      /** Of what the person saw; refused when the approval asks for something else. */
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
      readonly connection?: RunnerConnection | undefined;
      /** Runs among `events` that the fleet has let go of, from the table of runs. */
      readonly finished?: Readonly<Record<string, RunStatus>>;
    };

export type Decision =
  | { readonly events: readonly EventDraft[]; readonly problem?: never }
  | { readonly problem: Problem; readonly events?: never };

export type CommandOf<T extends Command['type']> = Extract<Command, { readonly type: T }>;
