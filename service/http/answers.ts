/**
 * What the service answers, for its description: the shapes of protocol/fleet/fleet.ts, protocol/wire/messages.ts and of every event.
 *
 * Readers ignore fields that they do not know, so none of these forbids any.
 */
import * as z from 'zod/mini';
import type { PastConnection, Uptime } from '../../protocol/wire/connections.ts';
import type { EventType } from '../../protocol/events/event.ts';
import { envelopeSchema } from '../../protocol/wire/envelope.ts';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import { agentProfileSchema, disconnectReasonSchema } from '../../protocol/events/agent.ts';
import type {
  Agent,
  Approval,
  ClosedApproval,
  Fleet,
  Liveness,
  Metric,
  RunOutcome,
  Run,
  RunStatus,
  StepSummary,
} from '../../protocol/fleet/fleet.ts';
import { agentIdSchema, runnerIdSchema, uuidSchema } from '../../protocol/wire/ids.ts';
import { PROBLEM_LIMITS, PROBLEMS } from '../../protocol/wire/problem.ts';
import type {
  Bye,
  DeliveryAnswer,
  PairingCode,
  Snapshot,
  PendingCommands,
} from '../../protocol/wire/messages.ts';
import {
  BYE_REASONS,
  helloSchema,
  pairAnswerSchema,
  SCOPES,
  SNAPSHOT_REASONS,
} from '../../protocol/wire/messages.ts';
import type { TokenInfo } from '../access/tokens.ts';
import type { JsonSchema } from './json-schema.ts';
import { answersToJson } from './json-schema.ts';

/** All fields of a type, those that may be missing included: the compiler insists. */
type Fields<T> = Record<keyof T, z.ZodMiniType>;

const time = z.iso.datetime();
const seq = z.int().check(z.minimum(0));
const count = z.int().check(z.minimum(0));
const optionalText = z.optional(z.string());
const names = <K extends string>(table: Readonly<Record<K, unknown>>) =>
  z.enum(Object.keys(table) as [K, ...K[]]);

const FINAL: Record<RunOutcome['status'], true> = {
  succeeded: true,
  failed: true,
  cancelled: true,
};
const STATUSES: Record<RunStatus, true> = {
  queued: true,
  requested: true,
  running: true,
  paused: true,
  ...FINAL,
};
const LIVENESS: Record<Liveness, true> = {
  unmonitored: true,
  live: true,
  stale: true,
  offline: true,
  ended: true,
};

const metric = z.object({
  value: z.number(),
  unit: optionalText,
  objective: z.optional(z.enum(['min', 'max'])),
  best: z.optional(z.number()),
} satisfies Fields<Metric>);

const steps = z.object({
  completed: count,
  failed: count,
  skipped: count,
  total: z.optional(count),
  current: z.optional(z.object({ step: z.string(), name: z.string() })),
} satisfies Fields<StepSummary>);

const { message: _message, ...failureFields } = EVENT_KINDS['run.failed'].schema.shape;

const connection = z.object({
  seq,
  runner: runnerIdSchema,
  generation: z.int(),
  connectedAt: time,
  disconnectedAt: z.optional(time),
  reason: z.optional(z.union([disconnectReasonSchema, z.literal('replaced')])),
} satisfies Fields<PastConnection>);

/** Of the last seven days, or since the first connection. */
const uptime = z.object({ since: time, share: z.number() } satisfies Fields<Uptime>);

const run = z.object({
  id: uuidSchema,
  agent: agentIdSchema,
  seq,
  status: names(STATUSES),
  statusSeq: seq,
  requestedBy: optionalText,
  requestedAt: z.optional(time),
  startedAt: z.optional(time),
  endedAt: z.optional(time),
  command: optionalText,
  timeoutMs: z.optional(count),
  parent: z.optional(uuidSchema),
  retryOf: z.optional(uuidSchema),
  params: z.optional(z.record(z.string(), z.unknown())),
  prompt: optionalText,
  phase: optionalText,
  progress: z.optional(EVENT_KINDS['run.progress'].schema),
  cancelRequestedBy: optionalText,
  controlRequest: z.optional(z.object({ kind: z.enum(['pause', 'resume']), by: z.string() })),
  steps: z.optional(steps),
  usage: z.optional(EVENT_KINDS['usage.reported'].schema),
  metrics: z.optional(z.record(z.string(), metric)),
  overBudget: z.optional(
    z.array(z.object({ ...EVENT_KINDS['budget.exceeded'].schema.shape, seq })),
  ),
  lost: z.optional(z.literal(true)),
  message: optionalText,
  failure: z.optional(z.object(failureFields)),
} satisfies Fields<Run>);

const outcome = z.object({
  run: uuidSchema,
  status: names(FINAL),
  endedAt: time,
  durationMs: z.number(),
} satisfies Fields<RunOutcome>);

const approval = z.object({
  ...EVENT_KINDS['approval.requested'].schema.shape,
  id: uuidSchema,
  run: z.optional(uuidSchema),
  seq,
  requestedAt: time,
} satisfies Fields<Approval>);

const closedApproval = z.object({
  id: uuidSchema,
  outcome: z.enum(['resolved', 'expired', 'withdrawn']),
  choice: optionalText,
  text: optionalText,
  by: optionalText,
  via: optionalText,
  at: time,
} satisfies Fields<ClosedApproval>);

const agent = z.object({
  ...agentProfileSchema.shape,
  id: agentIdSchema,
  owner: z.string(),
  liveness: names(LIVENESS),
  livenessSeq: seq,
  offlineReason: z.optional(disconnectReasonSchema),
  lostSince: z.optional(z.object({ seq, at: time })),
  lastSeenAt: time,
  runner: z.optional(runnerIdSchema),
  instance: optionalText,
  generation: count,
  runs: z.array(uuidSchema),
  lastRun: z.optional(uuidSchema),
  recent: z.array(outcome),
  lastError: z.optional(z.object({ message: z.string(), at: time })),
  approvals: z.optional(z.array(approval)),
  closedApprovals: z.optional(z.array(closedApproval)),
  acknowledged: z.optional(z.object({ attention: seq, by: z.string(), at: time })),
  spent: z.optional(z.object({ day: z.string(), costUsd: z.number(), tokens: count })),
} satisfies Fields<Agent>);

const fleet = z.object({
  seq,
  agents: z.record(z.string(), agent),
  runs: z.record(z.string(), run),
} satisfies Fields<Fleet>);

const snapshot = z.object({
  cursor: z.string(),
  reason: z.optional(names(SNAPSHOT_REASONS)),
  time,
  fleet,
} satisfies Fields<Snapshot>);

const bye = z.object({ reason: names(BYE_REASONS), retryMs: count } satisfies Fields<Bye>);

const token = z.object({
  id: uuidSchema,
  user: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  label: z.string(),
  createdAt: time,
  lastUsedAt: z.optional(time),
  revokedAt: z.optional(time),
} satisfies Fields<TokenInfo>);

const newToken = z.object({
  id: uuidSchema,
  token: z.string(),
  user: z.string(),
  scopes: z.array(z.enum(SCOPES)),
});

const commands = z.object({
  cancel: z.array(uuidSchema),
  pause: z.array(uuidSchema),
  resume: z.array(uuidSchema),
  start: z.array(run),
} satisfies Fields<PendingCommands>);

const problemTypes = Object.keys(PROBLEMS).map((type) => `/problems/${type}`);

const problem = z.object({
  type: z.enum(problemTypes),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** What there was too much of. */
  limit: z.optional(z.enum(PROBLEM_LIMITS)),
  /** Of a report, the event that was refused. */
  index: z.optional(z.int()),
  /** Of a body, everything that is wrong with it. */
  errors: z.optional(z.array(z.object({ at: z.string(), message: z.string() }))),
});

/** By the names that they have in the description. */
const ANSWERS = {
  Agent: agent,
  AgentAnswer: z.object({ agent }),
  Agents: z.object({ agents: z.array(agent) }),
  ApprovalAnswer: z.object({ agent: agentIdSchema, approval: z.union([closedApproval, approval]) }),
  Bye: bye,
  DeliveryAnswer: z.object({
    agent: z.optional(agentIdSchema),
    run: z.optional(uuidSchema),
    ignored: optionalText,
  } satisfies Fields<DeliveryAnswer>),
  Fleet: fleet,
  Health: z.object({ name: z.literal('agentlight'), status: z.enum(['ok', 'ready']) }),
  Hello: helloSchema,
  HookAnswer: z.object({ agent: agentIdSchema, approval: z.optional(uuidSchema) }),
  NewToken: newToken,
  PairAnswer: pairAnswerSchema,
  PairingCode: z.object({ code: z.string(), expiresAt: time } satisfies Fields<PairingCode>),
  Problem: problem,
  ReportAnswer: z.object({ events: z.array(z.object({ id: uuidSchema, seq })) }),
  ConnectionsAnswer: z.object({
    connections: z.array(connection),
    uptime: z.optional(uptime),
    before: z.optional(seq),
  }),
  Run: run,
  RunAnswer: z.object({ run }),
  RunEventsAnswer: z.object({ events: z.array(envelopeSchema), after: z.optional(seq) }),
  RunsAnswer: z.object({ runs: z.array(run), before: z.optional(seq) }),
  Snapshot: snapshot,
  Tokens: z.object({ tokens: z.array(token) }),
  PendingCommands: z.object({ commands }),
} as const;

export type AnswerName = keyof typeof ANSWERS;

/** Each answer, and each event as it is on the stream under its type. */
export function answerSchemas(): Record<string, JsonSchema> {
  const types = Object.keys(EVENT_KINDS) as EventType[];
  const events = Object.fromEntries(types.map((type) => [type, eventSchema(type)]));
  return answersToJson({ ...ANSWERS, ...events });
}

function eventSchema(type: EventType): z.ZodMiniType {
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
