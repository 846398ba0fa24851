/** Budgets: the spending limits of an agent, and the event that reports an exceeded limit. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';

const usdSchema = z.number().check(z.minimum(0));
const tokensSchema = z.int().check(z.minimum(0));

/** Spending limits of an agent; a missing limit is not enforced. Days are UTC days. */
export const budgetSchema = z.strictObject({
  costUsdPerRun: z.optional(usdSchema),
  costUsdPerDay: z.optional(usdSchema),
  /** Sum of the reported input and output tokens. */
  tokensPerRun: z.optional(tokensSchema),
  tokensPerDay: z.optional(tokensSchema),
  /** Cancel a run that exceeds a limit. Defaults to false: the limit is only reported. */
  stop: z.optional(z.boolean()),
});
export type Budget = z.infer<typeof budgetSchema>;

export const BUDGET_KINDS = {
  'budget.exceeded': {
    schema: z.strictObject({
      limit: z.enum(['costUsdPerRun', 'costUsdPerDay', 'tokensPerRun', 'tokensPerDay']),
      /** The limit, in US dollars or tokens. */
      allowed: z.number(),
      /** The usage so far, in the same unit. */
      used: z.number(),
    }),
    summary: 'A run exceeded a limit of its agent; reported once per limit and run.',
    from: 'service',
    run: true,
    example: { limit: 'costUsdPerRun', allowed: 5, used: 5.12 },
  },
} as const satisfies Record<string, EventKind>;
