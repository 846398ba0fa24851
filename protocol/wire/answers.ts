/**
 * The bodies that the service answers with, as schemas. Clients must ignore unknown fields, so none are forbidden.
 *
 * They are apart from the types of the fleet and the messages because the extension loads those, and needs no schemas.
 */
import * as z from 'zod/mini';
import { agentProfileSchema, disconnectReasonSchema } from '../events/agent.ts';
import type { EventType } from '../events/event.ts';
import { EVENT_KINDS } from '../events/event.ts';
import type * as Fleet from '../fleet/fleet.ts';
import type { PastConnection, Uptime } from './connections.ts';
import { envelopeSchema } from './envelope.ts';
import { agentIdSchema, runnerIdSchema, uuidSchema } from './ids.ts';
import type * as Messages from './messages.ts';
import {
  BYE_REASONS,
  helloSchema,
  pairAnswerSchema,
  SCOPES,
  SNAPSHOT_REASONS,
} from './messages.ts';
import { PROBLEM_LIMITS, PROBLEMS } from './problem.ts';

/** All fields of a type, each with a schema for its type: the compiler insists. */
type FieldsOf<T> = { readonly [K in keyof T]-?: z.ZodMiniType<T[K] | undefined> };

const time = z.iso.datetime();
const count = z.int().check(z.minimum(0));
const seq = count;
const text = z.string();
const optionalText = z.exactOptional(text);
const optionalTime = z.exactOptional(time);
/** The compiler insists on all names of `K`. */
const names = <K extends string>(table: Readonly<Record<K, unknown>>) =>
  z.enum(Object.keys(table) as [K, ...K[]]);

const finalStatus = names<Fleet.FinalStatus>({ succeeded: 1, failed: 1, cancelled: 1 });
export const runStatusSchema = names<Fleet.RunStatus>({
  queued: 1,
  requested: 1,
  running: 1,
  paused: 1,
  ...finalStatus.def.entries,
});

const metric = z.object({
  value: z.number(),
  unit: optionalText,
  objective: z.exactOptional(z.enum(['min', 'max'])),
  best: z.exactOptional(z.number()),
} satisfies FieldsOf<Fleet.Metric>);

const steps = z.object({
  completed: count,
  failed: count,
  skipped: count,
  total: z.exactOptional(count),
  current: z.exactOptional(z.object({ step: text, name: text })),
} satisfies FieldsOf<Fleet.StepSummary>);

const budgetExceeded = EVENT_KINDS['budget.exceeded'].schema.shape;
const { message: _message, ...failure } = EVENT_KINDS['run.failed'].schema.shape;

const run = z.object({
  id: uuidSchema,
  agent: agentIdSchema,
  seq,
  status: runStatusSchema,
  statusSeq: seq,
  requestedBy: optionalText,
  requestedAt: optionalTime,
  startedAt: optionalTime,
  endedAt: optionalTime,
  command: optionalText,
  timeoutMs: z.exactOptional(count),
  parent: z.exactOptional(uuidSchema),
  retryOf: z.exactOptional(uuidSchema),
  params: z.exactOptional(z.record(text, z.unknown())),
  prompt: optionalText,
  phase: optionalText,
  progress: z.exactOptional(EVENT_KINDS['run.progress'].schema),
  cancelRequestedBy: optionalText,
  controlRequest: z.exactOptional(z.object({ kind: z.enum(['pause', 'resume']), by: text })),
  steps: z.exactOptional(steps),
  usage: z.exactOptional(EVENT_KINDS['usage.reported'].schema),
  metrics: z.exactOptional(z.record(text, metric)),
  overBudget: z.exactOptional(z.array(z.object({ ...budgetExceeded, seq }))),
  lost: z.exactOptional(z.literal(true)),
  message: optionalText,
  failure: z.exactOptional(z.object(failure)),
} satisfies FieldsOf<Fleet.Run>);

const outcome = z.object({
  run: uuidSchema,
  status: finalStatus,
  endedAt: time,
  durationMs: z.number(),
} satisfies FieldsOf<Fleet.RunOutcome>);

const approval = z.object({
  ...EVENT_KINDS['approval.requested'].schema.shape,
  id: uuidSchema,
  run: z.exactOptional(uuidSchema),
  seq,
  requestedAt: time,
} satisfies FieldsOf<Fleet.Approval>);

const closedApproval = z.object({
  id: uuidSchema,
  outcome: z.enum(['resolved', 'expired', 'withdrawn']),
  choice: optionalText,
  text: optionalText,
  by: optionalText,
  via: optionalText,
  at: time,
} satisfies FieldsOf<Fleet.ClosedApproval>);

const agent = z.object({
  ...agentProfileSchema.shape,
  id: agentIdSchema,
  owner: text,
  liveness: names<Fleet.Liveness>({ unmonitored: 1, live: 1, stale: 1, offline: 1, ended: 1 }),
  livenessSeq: seq,
  offlineReason: z.exactOptional(disconnectReasonSchema),
  lostSince: z.exactOptional(z.object({ seq, at: time })),
  lastSeenAt: time,
  runner: z.exactOptional(runnerIdSchema),
  instance: optionalText,
  generation: count,
  runs: z.array(uuidSchema),
  lastRun: z.exactOptional(uuidSchema),
  recent: z.array(outcome),
  lastError: z.exactOptional(z.object({ message: text, at: time })),
  approvals: z.exactOptional(z.array(approval)),
  closedApprovals: z.exactOptional(z.array(closedApproval)),
  acknowledged: z.exactOptional(z.object({ attention: seq, by: text, at: time })),
  spent: z.exactOptional(z.object({ day: text, costUsd: z.number(), tokens: count })),
} satisfies FieldsOf<Fleet.Agent>);

const fleet = z.object({
  seq,
  agents: z.record(text, agent),
  runs: z.record(text, run),
} satisfies FieldsOf<Fleet.Fleet>);

const snapshot = z.object({
  cursor: text,
  reason: z.exactOptional(names<Messages.SnapshotReason>(SNAPSHOT_REASONS)),
  time,
  fleet,
} satisfies FieldsOf<Messages.Snapshot>);

const connection = z.object({
  seq,
  runner: runnerIdSchema,
  generation: count,
  connectedAt: time,
  disconnectedAt: optionalTime,
  reason: z.exactOptional(z.union([disconnectReasonSchema, z.literal('replaced')])),
} satisfies FieldsOf<PastConnection>);

const token = z.object({
  id: uuidSchema,
  user: text,
  scopes: z.array(z.enum(SCOPES)),
  label: text,
  createdAt: time,
  lastUsedAt: optionalTime,
  revokedAt: optionalTime,
});

const problem = z.object({
  type: z.enum(Object.keys(PROBLEMS).map((type) => `/problems/${type}`)),
  title: text,
  status: z.int(),
  detail: text,
  /** Which limit was exceeded. */
  limit: z.exactOptional(z.enum(PROBLEM_LIMITS)),
  /** Which event of a report was refused. */
  index: z.exactOptional(z.int()),
  /** What is wrong with the request. */
  errors: z.exactOptional(z.array(z.object({ at: text, message: text }))),
});

/** By name in OpenAPI. */
export const ANSWERS = {
  Agent: agent,
  AgentAnswer: z.object({ agent }),
  Agents: z.object({ agents: z.array(agent) }),
  ApprovalAnswer: z.object({ agent: agentIdSchema, approval: z.union([closedApproval, approval]) }),
  Bye: z.object({
    reason: names<Messages.Bye['reason']>(BYE_REASONS),
    retryMs: count,
  } satisfies FieldsOf<Messages.Bye>),
  ConnectionsAnswer: z.object({
    connections: z.array(connection),
    uptime: z.exactOptional(
      z.object({ since: time, share: z.number() } satisfies FieldsOf<Uptime>),
    ),
    before: z.exactOptional(seq),
  } satisfies FieldsOf<Messages.ConnectionsAnswer>),
  DeliveryAnswer: z.object({
    agent: z.exactOptional(agentIdSchema),
    run: z.exactOptional(uuidSchema),
    ignored: optionalText,
  } satisfies FieldsOf<Messages.DeliveryAnswer>),
  Fleet: fleet,
  Health: z.object({ name: z.literal('agentlight'), status: z.enum(['ok', 'ready']) }),
  Hello: helloSchema,
  HookAnswer: z.object({
    agent: agentIdSchema,
    approval: z.exactOptional(uuidSchema),
  } satisfies FieldsOf<Messages.HookAnswer>),
  NewToken: z.object({ id: uuidSchema, token: text, user: text, scopes: token.shape.scopes }),
  PairAnswer: pairAnswerSchema,
  PairingCode: z.object({ code: text, expiresAt: time } satisfies FieldsOf<Messages.PairingCode>),
  PendingCommands: z.object({
    commands: z.object({
      cancel: z.array(uuidSchema),
      pause: z.array(uuidSchema),
      resume: z.array(uuidSchema),
      start: z.array(run),
    } satisfies FieldsOf<Messages.PendingCommands>),
  }),
  Problem: problem,
  ReportAnswer: z.object({ events: z.array(z.object({ id: uuidSchema, seq })) }),
  Run: run,
  RunAnswer: z.object({ run }),
  RunEventsAnswer: z.object({ events: z.array(envelopeSchema), after: z.exactOptional(seq) }),
  RunsAnswer: z.object({
    runs: z.array(run),
    before: z.exactOptional(seq),
  } satisfies FieldsOf<Messages.RunsAnswer>),
  Snapshot: snapshot,
  Tokens: z.object({ tokens: z.array(token) }),
};

export type AnswerName = keyof typeof ANSWERS;

/** An event as it stands on the stream. */
export function eventSchema(type: EventType): z.ZodMiniType {
  const { schema, run: needsRun } = EVENT_KINDS[type];
  return z.object({
    seq: z.int().check(z.minimum(1)),
    id: uuidSchema,
    type: z.literal(type),
    time,
    agent: type.startsWith('service.') ? z.optional(agentIdSchema) : agentIdSchema,
    run: needsRun ? uuidSchema : z.optional(uuidSchema),
    actor: optionalText,
    data: schema,
  });
}
