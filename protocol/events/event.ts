/**
 * All event types of the log, and the envelope of an event.
 *
 * Type names have a dot and a verb in the past tense. Readers must ignore unknown types and fields, because a newer
 * service may send them.
 */
import * as z from 'zod/mini';
import { AGENT_KINDS, connectionFields } from './agent.ts';
import { APPROVAL_KINDS } from './approval.ts';
import { BUDGET_KINDS } from './budget.ts';
import { RUN_KINDS } from './run.ts';
import { STEP_KINDS } from './step.ts';
import { WORK_KINDS } from './work.ts';
import { agentIdSchema, uuidSchema } from '../wire/ids.ts';
import { LIMITS } from '../wire/limits.ts';

export const EVENT_KINDS = {
  ...AGENT_KINDS,
  ...RUN_KINDS,
  ...STEP_KINDS,
  ...APPROVAL_KINDS,
  ...WORK_KINDS,
  ...BUDGET_KINDS,
};

export type EventType = keyof typeof EVENT_KINDS;

/** The `data` of an event of this type. */
export type EventData<T extends EventType> = z.infer<(typeof EVENT_KINDS)[T]['schema']>;

/** Types that runners report; the service writes the others. */
export type ReportedType = {
  [T in EventType]: (typeof EVENT_KINDS)[T]['from'] extends 'runner' ? T : never;
}[EventType];

/** Whether this version of the protocol knows the type. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENT_KINDS, type);
}

interface EnvelopeFields {
  /** Position in the log: 1, 2, 3 … in commit order, without gaps. */
  readonly seq: number;
  readonly id: string;
  /** When it happened, by the reporter's clock but never later than the service's; ISO 8601, UTC. */
  readonly time: string;
  /** Missing on `service.*` events. */
  readonly agent?: string | undefined;
  readonly run?: string | undefined;
  /** The user who caused it, or `service`. */
  readonly actor?: string | undefined;
}

/** An event as stored and sent: a union discriminated by `type`. */
export type LogEvent = {
  [T in EventType]: EnvelopeFields & { readonly type: T; readonly data: EventData<T> };
}[EventType];

/** A decided event that is not in the log yet. The log assigns `seq`, and a missing `id` and `time`. */
export type EventDraft = LogEvent extends infer E
  ? E extends LogEvent
    ? Omit<E, 'seq' | 'id' | 'time'> & {
        readonly id?: string | undefined;
        readonly time?: string | undefined;
      }
    : never
  : never;

/** Time of an event: ISO 8601 in UTC, not before the year 2000. */
const timeSchema = z.iso
  .datetime({ error: 'must be an ISO 8601 time in UTC such as 2026-01-31T12:00:00.000Z' })
  .check(z.refine((time) => time >= '2000', { error: 'must not be before the year 2000' }));

/** The members are checked by the schema of the type; checking them here as well took 0.4 of 1.4 µs per event. */
const anyObjectSchema = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .register(z.globalRegistry, { type: 'object' });

/** One event of `POST /v1/events`, before its `data` is checked against its type. */
export const reportedEventSchema = z.strictObject({
  id: z.optional(uuidSchema),
  type: z.string(),
  agent: agentIdSchema,
  run: z.optional(uuidSchema),
  time: z.optional(timeSchema),
  data: z._default(anyObjectSchema, {}),
});

/** Body of `POST /v1/events`. */
export const reportSchema = z.strictObject({
  events: z.array(reportedEventSchema).check(z.minLength(1), z.maxLength(LIMITS.eventsPerRequest)),
  /** Sent by runners: events of a replaced connection are refused. */
  connection: z.optional(z.strictObject(connectionFields)),
});
