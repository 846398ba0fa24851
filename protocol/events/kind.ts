/** The definition of an event type, and the parts that its schemas share. */
import * as z from 'zod/mini';
import { LIMITS } from '../wire/limits.ts';

export interface EventKind {
  /** Validates `data` of reported events; unknown keys are refused. */
  readonly schema: z.ZodMiniType;
  /** One sentence for the protocol reference. */
  readonly summary: string;
  /** Who writes the event: the service itself, or a runner through `POST /v1/events`. */
  readonly from: 'service' | 'runner';
  /** Whether the envelope must have a `run`. */
  readonly run: boolean;
  readonly example: unknown;
}

/** Text of at most `maxChars` UTF-16 code units. */
export const text = (maxChars: number) => z.string().check(z.maxLength(maxChars));

/** Text of 1 to `maxChars` UTF-16 code units. */
export const nonEmptyText = (maxChars: number) =>
  z.string().check(z.minLength(1), z.maxLength(maxChars));

/** A number from 0 to 1. */
export const fractionSchema = z.number().check(z.minimum(0), z.maximum(1));

/** The schema of events without data. */
export const noData = z.strictObject({});

/** A display name. Without control, bidi or zero-width characters it can't imitate another name. */
export const nameSchema = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(LIMITS.nameChars),
    z.regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, 'must have no control or invisible characters'),
  );
