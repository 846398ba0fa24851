/**
 * The envelope of an event as a reader checks it. Apart from the kinds: a reader that only folds need not load the
 * schemas of all of them (5 kB of the extension's worker).
 */
import * as z from 'zod/mini';

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
