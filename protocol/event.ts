/**
 * Every fact that the log can hold: one schema per event type, and the envelope around them.
 *
 * Names are dotted and in the past tense. A *detail* event (high volume) reaches only those streams that
 * ask for it. Readers must ignore types and fields that they do not know: a newer service may send them.
 */
import * as z from 'zod/mini';
import { agentIdSchema, runnerIdSchema, uuidSchema } from './ids.ts';
import { LIMITS } from './limits.ts';

const text = (maxChars: number) => z.string().check(z.maxLength(maxChars));

/** A name that is shown to people: no control, bidi or zero-width characters, so it can't imitate another. */
export const nameSchema = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(LIMITS.nameChars),
    z.regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, 'must have no control or invisible characters'),
  );

/** What an agent can be asked to do; a panel hides the rest. */
export const capabilitySchema = z.enum(['run', 'cancel']);
export type Capability = z.infer<typeof capabilitySchema>;

/** What its owner says about an agent (body of `PUT /v1/agents/{id}`). */
export const agentProfileSchema = z.strictObject({
  name: nameSchema,
  description: z.optional(text(LIMITS.descriptionChars)),
  /** The machine it lives on, as people call it. */
  host: z.optional(text(LIMITS.hostChars)),
  capabilities: z._default(z.array(capabilitySchema).check(z.maxLength(10)), []),
});
export type AgentProfile = z.infer<typeof agentProfileSchema>;

/**
 * Why an agent's connection ended. `ended`: it was there for one run and is done. `goodbye`: its runner was
 * stopped on purpose. The others are surprises, and worth a notification.
 */
export const disconnectReasonSchema = z.enum([
  'ended',
  'goodbye',
  'connection-lost',
  'heartbeat-timeout',
  'service-restart',
]);
export type DisconnectReason = z.infer<typeof disconnectReasonSchema>;

/** Why a run failed: its exit code, a signal, its time limit, or because it could not start or was lost. */
export const failureReasonSchema = z.enum(['exit', 'signal', 'timeout', 'spawn', 'lost', 'other']);

const connectionFields = {
  runner: runnerIdSchema,
  /** Counts the connections of this agent; a report with an older number is refused. */
  generation: z.int().check(z.minimum(1)),
};

const paramsSchema = z.record(z.string(), z.unknown()).check(
  z.refine((value) => JSON.stringify(value).length <= LIMITS.paramsChars, {
    error: `must be at most ${LIMITS.paramsChars} characters of JSON`,
  }),
);

/** Body of `POST /v1/agents/{id}/runs`, kept whole in `run.requested`. */
export const runRequestSchema = z.strictObject({
  params: z.optional(paramsSchema),
  /** What a coding agent should do, in words. */
  prompt: z.optional(text(LIMITS.promptChars)),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

interface EventKind {
  /** Validates `data`; unknown keys are refused when written. */
  readonly schema: z.ZodMiniType;
  /** One sentence for the protocol reference. */
  readonly summary: string;
  /** Who may write it: the service from a request, or a runner through `POST /v1/events`. */
  readonly from: 'service' | 'runner';
  /** Needs a `run` in its envelope. */
  readonly run: boolean;
  /** High volume: only for streams that ask for it. */
  readonly detail?: true;
  readonly example: unknown;
}

const nothing = z.strictObject({});

export const EVENT_KINDS = {
  'service.started': {
    schema: z.strictObject({
      instance: z.string(),
      version: z.string(),
      /** Agents whose connection died with an earlier process: stale until their runner is back. */
      orphans: z.array(agentIdSchema),
    }),
    summary: 'A service process began to serve this log.',
    from: 'service',
    run: false,
    example: { instance: 'i-7f3a', version: '0.1.0', orphans: ['unit-tests'] },
  },
  'agent.registered': {
    schema: z.extend(agentProfileSchema, { owner: z.string() }),
    summary: 'An agent became known, with the user who owns it.',
    from: 'service',
    run: false,
    example: { name: 'Unit tests', owner: 'owner', capabilities: ['run', 'cancel'] },
  },
  'agent.updated': {
    schema: agentProfileSchema,
    summary: "An agent's profile was replaced.",
    from: 'service',
    run: false,
    example: { name: 'Unit tests (fast)', capabilities: ['run', 'cancel'] },
  },
  'agent.connected': {
    schema: z.strictObject(connectionFields),
    summary: 'A runner that hosts the agent holds its command stream.',
    from: 'service',
    run: false,
    example: { runner: 'laptop-4f2a', generation: 3 },
  },
  'agent.disconnected': {
    schema: z.strictObject({ ...connectionFields, reason: disconnectReasonSchema }),
    summary: "The agent's runner is gone, and why.",
    from: 'service',
    run: false,
    example: { runner: 'laptop-4f2a', generation: 3, reason: 'connection-lost' },
  },
  'agent.removed': {
    schema: nothing,
    summary: 'The agent was deleted; its history ages out with the log.',
    from: 'service',
    run: false,
    example: {},
  },
  'run.requested': {
    schema: runRequestSchema,
    summary: 'Somebody asked the agent to run.',
    from: 'service',
    run: true,
    example: { params: { grep: 'cursor' } },
  },
  'run.started': {
    schema: z.strictObject({
      /** The command as a person would read it; not a shell string to execute. */
      command: z.optional(text(LIMITS.commandChars)),
    }),
    summary: 'The work began. A run that nobody requested (a wrapped command) begins here.',
    from: 'runner',
    run: true,
    example: { command: 'npm test' },
  },
  'run.progress': {
    schema: z.strictObject({
      /** 0 to 1; left out when unknown. */
      value: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
      message: z.optional(text(LIMITS.messageChars)),
    }),
    summary: 'How far the run is; the latest wins.',
    from: 'runner',
    run: true,
    example: { value: 0.42, message: 'epoch 12 of 40' },
  },
  'run.phase': {
    schema: z.strictObject({
      name: z.string().check(z.minLength(1), z.maxLength(LIMITS.phaseChars)),
    }),
    summary: 'The run entered a named phase.',
    from: 'runner',
    run: true,
    example: { name: 'building' },
  },
  'run.cancel_requested': {
    schema: nothing,
    summary:
      'Somebody asked for the run to be cancelled; it goes on until its runner says otherwise.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.lost': {
    schema: nothing,
    summary: 'The runner of a live run is out of contact; the run may still be going on.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.succeeded': {
    schema: z.strictObject({ message: z.optional(text(LIMITS.messageChars)) }),
    summary: 'The run ended well. Final.',
    from: 'runner',
    run: true,
    example: { message: '412 tests passed' },
  },
  'run.failed': {
    schema: z.strictObject({
      reason: failureReasonSchema,
      /** What a person needs to know; for a command the last lines of its output. */
      message: text(LIMITS.messageChars),
      exitCode: z.optional(z.int()),
      signal: z.optional(text(20)),
    }),
    summary: 'The run ended badly. Final.',
    from: 'runner',
    run: true,
    example: { reason: 'exit', message: '3 of 412 tests failed', exitCode: 1 },
  },
  'run.cancelled': {
    schema: z.strictObject({ message: z.optional(text(LIMITS.messageChars)) }),
    summary: 'The run was stopped on purpose. Final, and not a failure.',
    from: 'runner',
    run: true,
    example: {},
  },
  'run.output': {
    schema: z.strictObject({
      stream: z.enum(['stdout', 'stderr']),
      text: text(LIMITS.outputChars),
    }),
    summary: 'A piece of what the run printed.',
    from: 'runner',
    run: true,
    detail: true,
    example: { stream: 'stdout', text: 'ok 1 - cursor survives a restart\n' },
  },
  'error.reported': {
    schema: z.strictObject({
      message: z.string().check(z.minLength(1), z.maxLength(LIMITS.messageChars)),
    }),
    summary: 'Something went wrong without ending anything; valid with or without a run.',
    from: 'runner',
    run: false,
    example: { message: 'rate limited, retrying in 20 s' },
  },
} as const satisfies Record<string, EventKind>;

export type EventType = keyof typeof EVENT_KINDS;

/** The `data` of an event type. */
export type EventData<T extends EventType> = z.infer<(typeof EVENT_KINDS)[T]['schema']>;

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENT_KINDS, type);
}

/** True for high-volume types, which only streams that ask for detail receive. */
export function isDetail(type: string): boolean {
  return isEventType(type) && 'detail' in EVENT_KINDS[type];
}

interface EnvelopeFields {
  /** Position in the log: 1, 2, 3 … in commit order, without gaps. */
  readonly seq: number;
  readonly id: string;
  /** ISO 8601 in UTC: when it happened, by the clock of whoever reported it, never later than the service's. */
  readonly time: string;
  /** Missing on `service.*` events. */
  readonly agent?: string | undefined;
  readonly run?: string | undefined;
  /** The user who caused it, or `service`. */
  readonly actor?: string | undefined;
}

/** An event as it is in the log and on the wire: a union that narrows by `type`. */
export type LogEvent = {
  [T in EventType]: EnvelopeFields & { readonly type: T; readonly data: EventData<T> };
}[EventType];

/** An event that was decided but has no place in the log yet. The log gives `seq`, and `id` and `time` where missing. */
export type EventDraft = LogEvent extends infer E
  ? E extends LogEvent
    ? Omit<E, 'seq' | 'id' | 'time'> & { readonly id?: string; readonly time?: string }
    : never
  : never;

/** What a reader may rely on of any event, also of types from a newer service. */
export const envelopeSchema = z.looseObject({
  seq: z.int().check(z.minimum(1)),
  id: z.string(),
  type: z.string(),
  time: z.string(),
  agent: z.optional(z.string()),
  run: z.optional(z.string()),
  actor: z.optional(z.string()),
  data: z.record(z.string(), z.unknown()),
});

/** When it happened: ISO 8601 in UTC, not before the year 2000. */
const timeSchema = z.iso
  .datetime({ error: 'must be an ISO 8601 time in UTC such as 2026-01-31T12:00:00.000Z' })
  .check(z.refine((time) => time >= '2000', { error: 'must not be before the year 2000' }));

/** One event of `POST /v1/events`, before its `data` is checked against its type. */
export const reportedEventSchema = z.strictObject({
  id: z.optional(uuidSchema),
  type: z.string(),
  agent: agentIdSchema,
  run: z.optional(uuidSchema),
  time: z.optional(timeSchema),
  data: z._default(z.record(z.string(), z.unknown()), {}),
});

/** Body of `POST /v1/events`. */
export const reportSchema = z.strictObject({
  events: z.array(reportedEventSchema).check(z.minLength(1), z.maxLength(LIMITS.eventsPerRequest)),
  /** Given by runners: fences the events of a connection that has been replaced. */
  connection: z.optional(z.strictObject(connectionFields)),
});
