/** What the protocol says of one event type, and the pieces that its schemas share. */
import * as z from 'zod/mini';
import { LIMITS } from '../wire/limits.ts';

export interface EventKind {
  /** Validates `data`; unknown keys are refused when written. */
  readonly schema: z.ZodMiniType;
  /** One sentence for the protocol reference. */
  readonly summary: string;
  /** Who may write it: the service from a request, or a runner through `POST /v1/events`. */
  readonly from: 'service' | 'runner';
  /** Needs a `run` in its envelope. */
  readonly run: boolean;
  readonly example: unknown;
}

/** Text of at most `maxChars` UTF-16 code units. */
export const text = (maxChars: number) => z.string().check(z.maxLength(maxChars));

/** The same, and not empty. */
export const nonEmptyText = (maxChars: number) =>
  z.string().check(z.minLength(1), z.maxLength(maxChars));

/** 0 to 1. */
export const fractionSchema = z.number().check(z.minimum(0), z.maximum(1));

export const nothing = z.strictObject({});

/** A name that is shown to people: no control, bidi or zero-width characters, so it can't imitate another. */
export const nameSchema = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(LIMITS.nameChars),
    z.regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, 'must have no control or invisible characters'),
  );
