/**
 * What crosses the wire besides events: control messages of the stream, and bodies of requests and answers.
 */
import * as z from 'zod/mini';
import type { PastConnection, Uptime } from './connections.ts';
import type { LogEvent } from '../events/event.ts';
import type { Agent, Approval, ClosedApproval, Fleet, Run } from '../fleet/fleet.ts';

/** Raised when an older client could misunderstand what a service sends. */
export const PROTOCOL_VERSION = 1;

/** Header by which a client makes a request repeatable: 1 to 200 visible ASCII characters. */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** `event:` names of messages on the stream that are not events of the log; those have no name. */
export const CONTROL = { hello: 'hello', snapshot: 'snapshot', bye: 'bye' } as const;

/** First message on every stream. */
export const helloSchema = z.looseObject({
  protocol: z.int(),
  service: z.looseObject({ name: z.literal('agentlight'), version: z.string(), epoch: z.string() }),
  user: z.string(),
  /** What the token may do; not told by older services. */
  scopes: z.optional(z.array(z.string())),
  heartbeatMs: z.int(),
  /** The service's clock, ISO 8601. */
  time: z.string(),
  /** True when the stream goes on exactly behind the cursor that was given. */
  resumed: z.boolean(),
  /** On a runner's command stream: the number of this connection. */
  generation: z.optional(z.int()),
});
export type Hello = z.infer<typeof helloSchema>;

/** Why a stream shows the state instead of what was missed. */
export const SNAPSHOT_REASONS = {
  'new': 'No cursor was given.',
  'other-log': 'The cursor is one of another database.',
  'ahead': 'The cursor lies ahead of the log.',
  'expired': 'Events behind the cursor were deleted.',
  'far-behind': 'The state is cheaper than the replay.',
} as const;
export type SnapshotReason = keyof typeof SNAPSHOT_REASONS;

/** `GET /v1/snapshot`, and `event: snapshot` on the stream (there with `reason`). */
export interface Snapshot {
  readonly cursor: string;
  readonly reason?: SnapshotReason;
  readonly time: string;
  readonly fleet: Fleet;
}

export const snapshotSchema = z.looseObject({
  cursor: z.string(),
  reason: z.optional(z.string()),
  time: z.string(),
  fleet: z.looseObject({
    seq: z.int(),
    agents: z.record(z.string(), z.looseObject({ id: z.string(), name: z.string() })),
    runs: z.record(z.string(), z.looseObject({ id: z.string(), agent: z.string() })),
  }),
});

/** Why the service closes a stream on purpose. */
export const BYE_REASONS = {
  'shutdown': 'The service stops, or restarts.',
  'behind': 'This instance was cut off from the log for too long, and begins anew.',
  'token-revoked': 'The token was revoked: there is no use in coming back with it.',
  'replaced': 'The same runner holds a newer stream: the older one must not come back.',
  'silent': 'The runner sent no heartbeat for too long.',
  'left': 'The runner said goodbye.',
} as const;

/** Last message before the service closes a stream on purpose. */
export interface Bye {
  readonly reason: keyof typeof BYE_REASONS;
  /** When to come back; spread over clients so that they don't all return at once. */
  readonly retryMs: number;
}

export const pairRequestSchema = z.strictObject({
  /** Eight characters as shown in the terminal; case, spaces and dashes don't matter. */
  code: z.string().check(z.minLength(1), z.maxLength(40)),
  /** How the new token is listed, for example `Chrome on laptop`. */
  label: z.optional(z.string().check(z.maxLength(80))),
});

/** Answer of `POST /v1/pair`. */
export const pairAnswerSchema = z.looseObject({
  token: z.string(),
  user: z.string(),
  service: z.looseObject({ name: z.literal('agentlight'), version: z.string(), epoch: z.string() }),
});
export type PairAnswer = z.infer<typeof pairAnswerSchema>;

/** Answer of `POST /v1/pairing-codes`. */
export interface PairingCode {
  /** `XXXX-XXXX` in Crockford's base 32. */
  readonly code: string;
  readonly expiresAt: string;
}

/** Answer of run requests and of `GET /v1/runs/{id}`. */
export interface RunAnswer {
  readonly run: Run;
}

/** Answer of `GET /v1/runs`: newest first. */
export interface RunsAnswer {
  readonly runs: readonly Run[];
  /** There may be older ones: ask again with this. */
  readonly before?: number;
}

/** Answer of `GET /v1/agents/{id}/connections`: newest first, as far as they are kept. */
export interface ConnectionsAnswer {
  readonly connections: readonly PastConnection[];
  /** Over the last seven days. */
  readonly uptime?: Uptime;
  /** There may be older ones: ask again with this. */
  readonly before?: number;
}

/** Answer of `GET /v1/runs/{id}/events`: oldest first, as far as they are kept. */
export interface RunEventsAnswer {
  readonly events: readonly LogEvent[];
  /** There may be more: ask again with this. */
  readonly after?: number;
}

/** Answer of `PUT /v1/agents/{id}`. */
export interface AgentAnswer {
  readonly agent: Agent;
}

/** Answer of `GET /v1/approvals/{id}` and of a decision; a closed one has an `outcome`. */
export interface ApprovalAnswer {
  readonly agent: Agent['id'];
  readonly approval: Approval | ClosedApproval;
}

/** Answer to a coding agent's hook. */
export interface HookAnswer {
  /** The session. */
  readonly agent: Agent['id'];
  /** A person was asked: wait for the answer at `GET /v1/approvals/{id}`. */
  readonly approval?: Approval['id'];
}

/** Answer to a webhook: what it was taken for, or why there was nothing in it. */
export interface DeliveryAnswer {
  readonly agent?: Agent['id'];
  readonly run?: Run['id'];
  readonly ignored?: string;
}

/** What a runner should do with its runs, told again with every heartbeat until it is done. */
export interface PendingCommands {
  readonly cancel: readonly Run['id'][];
  readonly pause: readonly Run['id'][];
  readonly resume: readonly Run['id'][];
  /** Asked for some time ago and not begun: perhaps it was never heard. */
  readonly start: readonly Run[];
}

/** Answer of `POST /v1/events`, after the commit, in the order of the request. */
export interface ReportAnswer {
  readonly events: readonly { readonly id: string; readonly seq: number }[];
}

/** What a token may do. `report`: register agents and write their events. `operate`: run and cancel. */
export const SCOPES = ['read', 'operate', 'report', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
