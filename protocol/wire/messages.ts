/**
 * Messages besides events: control messages of the stream, and bodies of requests and responses.
 */
import * as z from 'zod/mini';
import type { PastConnection, Uptime } from './connections.ts';
import type { LogEvent } from '../events/event.ts';
import type { Agent, Approval, ClosedApproval, Fleet, Run } from '../fleet/fleet.ts';

/** Increased when an older client could misinterpret a newer service. */
export const PROTOCOL_VERSION = 1;

/** Header that makes a request safe to repeat: 1 to 200 visible ASCII characters. */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** `event:` names of control messages on the stream; events of the log have no name. */
export const CONTROL = { hello: 'hello', snapshot: 'snapshot', bye: 'bye' } as const;

/** First message on every stream. */
export const helloSchema = z.looseObject({
  protocol: z.int(),
  service: z.looseObject({ name: z.literal('agentlight'), version: z.string(), epoch: z.string() }),
  user: z.string(),
  /** Scopes of the token; older services omit them. */
  scopes: z.optional(z.array(z.string())),
  heartbeatMs: z.int(),
  /** The service's clock, ISO 8601. */
  time: z.string(),
  /** Whether the stream continues directly after the client's cursor. */
  resumed: z.boolean(),
  /** On a runner's command stream: the generation of this connection. */
  generation: z.optional(z.int()),
});
export type Hello = z.infer<typeof helloSchema>;

/** Why a stream sends a snapshot instead of the missed events. */
export const SNAPSHOT_REASONS = {
  'new': 'The client sent no cursor.',
  'other-log': 'The cursor belongs to another database.',
  'ahead': 'The cursor is ahead of the log.',
  'expired': 'Events after the cursor have been deleted.',
  'far-behind': 'A replay would be more expensive than a snapshot.',
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
  'shutdown': 'The service is stopping or restarting.',
  'behind': 'This instance lost contact with the log for too long and resets its streams.',
  'token-revoked': 'The token was revoked. Do not reconnect with it.',
  'replaced': 'The same runner opened a newer stream. Do not reconnect the older one.',
  'silent': 'The runner sent no heartbeat for too long.',
  'left': 'The runner said goodbye.',
} as const;

/** Last message before the service closes a stream on purpose. */
export interface Bye {
  readonly reason: keyof typeof BYE_REASONS;
  /** Delay before reconnecting; different for each client, so that they do not all reconnect at once. */
  readonly retryMs: number;
}

export const pairRequestSchema = z.strictObject({
  /** The eight characters from the terminal; case, spaces and dashes don't matter. */
  code: z.string().check(z.minLength(1), z.maxLength(40)),
  /** Label of the new token, for example `Chrome on laptop`. */
  label: z.optional(z.string().check(z.maxLength(80))),
});

/** Response of `POST /v1/pair`. */
export const pairAnswerSchema = z.looseObject({
  token: z.string(),
  user: z.string(),
  service: z.looseObject({ name: z.literal('agentlight'), version: z.string(), epoch: z.string() }),
});
export type PairAnswer = z.infer<typeof pairAnswerSchema>;

/** Response of `POST /v1/pairing-codes`. */
export interface PairingCode {
  /** `XXXX-XXXX` in Crockford's base 32. */
  readonly code: string;
  readonly expiresAt: string;
}

/** Response of run requests and of `GET /v1/runs/{id}`. */
export interface RunAnswer {
  readonly run: Run;
}

/** Response of `GET /v1/runs`: newest first. */
export interface RunsAnswer {
  readonly runs: readonly Run[];
  /** Pass this to get older runs; missing on the last page. */
  readonly before?: number;
}

/** Response of `GET /v1/agents/{id}/connections`: newest first, within retention. */
export interface ConnectionsAnswer {
  readonly connections: readonly PastConnection[];
  /** Over the last seven days. */
  readonly uptime?: Uptime;
  /** Pass this to get older connections; missing on the last page. */
  readonly before?: number;
}

/** Response of `GET /v1/runs/{id}/events`: oldest first, within retention. */
export interface RunEventsAnswer {
  readonly events: readonly LogEvent[];
  /** Pass this to get later events; missing on the last page. */
  readonly after?: number;
}

/** Response of `PUT /v1/agents/{id}`. */
export interface AgentAnswer {
  readonly agent: Agent;
}

/** Response of `GET /v1/approvals/{id}` and of a decision; a closed approval has an `outcome`. */
export interface ApprovalAnswer {
  readonly agent: Agent['id'];
  readonly approval: Approval | ClosedApproval;
}

/** Response to a hook event of a coding agent. */
export interface HookAnswer {
  /** The agent of the session. */
  readonly agent: Agent['id'];
  /** The question that the hook asked: wait for the answer with `GET /v1/approvals/{id}`. */
  readonly approval?: Approval['id'];
}

/** Response to a webhook: what it was recorded as, or why it was ignored. */
export interface DeliveryAnswer {
  readonly agent?: Agent['id'];
  readonly run?: Run['id'];
  readonly ignored?: string;
}

/** Commands that a runner has not confirmed, sent again with every heartbeat until it does. */
export interface PendingCommands {
  readonly cancel: readonly Run['id'][];
  readonly pause: readonly Run['id'][];
  readonly resume: readonly Run['id'][];
  /** Requested some time ago and not started: the runner may have missed them. */
  readonly start: readonly Run[];
}

/** Response of `POST /v1/events`, after the commit, in the order of the request. */
export interface ReportAnswer {
  readonly events: readonly { readonly id: string; readonly seq: number }[];
}

/** What a token allows. `report`: register agents and write their events. `operate`: start, cancel and answer. */
export const SCOPES = ['read', 'operate', 'report', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
