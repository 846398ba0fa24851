/** Budgets: what an agent may spend, and that it has spent more. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';

const usdSchema = z.number().check(z.minimum(0));
const tokensSchema = z.int().check(z.minimum(0));

/** Limits of an agent; those left out don't exist. A day is one of UTC. */
export const budgetSchema = z.strictObject({
  costUsdPerRun: z.optional(usdSchema),
  costUsdPerDay: z.optional(usdSchema),
  /** Input and output tokens together, as reported. */
  tokensPerRun: z.optional(tokensSchema),
  tokensPerDay: z.optional(tokensSchema),
  /** Cancel the run that goes over a limit. Default false: only tell. */
  stop: z.optional(z.boolean()),
});
export type Budget = z.infer<typeof budgetSchema>;

export const BUDGET_KINDS = {
  'budget.exceeded': {
    schema: z.strictObject({
      limit: z.enum(['costUsdPerRun', 'costUsdPerDay', 'tokensPerRun', 'tokensPerDay']),
      /** What the budget allows, in the unit of `limit`. */
      allowed: z.number(),
      /** What has been used. */
      used: z.number(),
    }),
    summary: 'A run went over a limit of its agent; told once for each limit and run.',
    from: 'service',
    run: true,
    example: { limit: 'costUsdPerRun', allowed: 5, used: 5.12 },
  },
} as const satisfies Record<string, EventKind>;
