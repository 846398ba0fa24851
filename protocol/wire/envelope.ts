/**
 * The envelope of an event, as readers validate it. It has its own file so that a reader which only folds does not
 * load the schemas of all event types (5 kB in the extension's worker).
 */
import * as z from 'zod/mini';

/** The members that events of every type have, including types from a newer service. */
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
