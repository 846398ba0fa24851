/** Events about agents, their connections, and the service itself. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';
import { nameSchema, nothing, nonEmptyText, text } from './kind.ts';
import { budgetSchema } from './budget.ts';
import { agentIdSchema, runnerIdSchema } from '../wire/ids.ts';
import { LIMITS } from '../wire/limits.ts';

/** What an agent can be asked to do; a panel hides the rest. `prompt`: a run may be given words to work on. */
const capabilitySchema = z.enum(['run', 'cancel', 'pause', 'prompt']);
export type Capability = z.infer<typeof capabilitySchema>;

const parametersSchema = z.looseObject({ type: z.literal('object') }).check(
  z.refine((schema) => JSON.stringify(schema).length <= LIMITS.parametersChars, {
    error: `must be at most ${LIMITS.parametersChars} characters of JSON`,
  }),
);

/** What its owner says about an agent (body of `PUT /v1/agents/{id}`). */
export const agentProfileSchema = z.strictObject({
  name: nameSchema,
  description: z.optional(text(LIMITS.descriptionChars)),
  /** The machine it lives on, as people call it. */
  host: z.optional(text(LIMITS.hostChars)),
  capabilities: z._default(z.array(capabilitySchema).check(z.maxLength(10)), []),
  /** What it is, for its symbol and for rules: `command`, `claude-code`, `codex`, `github` … */
  kind: z.optional(
    z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9 or "-"')),
  ),
  /** For groups, filters and rules. */
  tags: z.optional(z.array(nonEmptyText(LIMITS.tagChars)).check(z.maxLength(LIMITS.tags))),
  /** JSON Schema (draft 2020-12) of the `params` of a run. */
  parameters: z.optional(parametersSchema),
  /** Runs that may be under way at a time; more are refused, or queued. Default 1. */
  maxConcurrentRuns: z.optional(z.int().check(z.minimum(1), z.maximum(100))),
  budget: z.optional(budgetSchema),
  /** It is there for one session, and let go of some time after that. Default false. */
  ephemeral: z.optional(z.boolean()),
});
export type AgentProfile = z.infer<typeof agentProfileSchema>;

export const PROFILE_FIELDS = Object.keys(agentProfileSchema.shape) as (keyof AgentProfile)[];

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

export const connectionFields = {
  runner: runnerIdSchema,
  /** Counts the connections of this agent; a report with an older number is refused. */
  generation: z.int().check(z.minimum(1)),
};

export const AGENT_KINDS = {
  'service.started': {
    schema: z.strictObject({
      instance: z.string(),
      version: z.string(),
      /** Agents whose connection died with an earlier process and that nobody has taken over: stale until their runner is back. */
      orphans: z.array(agentIdSchema),
    }),
    summary: 'A service process began to serve this log.',
    from: 'service',
    run: false,
    example: { instance: 'i-7f3a', version: '0.1.0', orphans: ['unit-tests'] },
  },
  'service.stopped': {
    schema: z.strictObject({
      instance: z.string(),
      reason: z.enum(['shutdown', 'lost']),
      /** Agents whose connection ended with it: stale until their runner is back, perhaps elsewhere. */
      orphans: z.array(agentIdSchema),
    }),
    summary: 'A service process stopped, or was found dead by another instance.',
    from: 'service',
    run: false,
    example: { instance: 'i-7f3a', reason: 'shutdown', orphans: [] },
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
    schema: z.strictObject({
      ...connectionFields,
      /** The service process that holds the connection. */
      instance: z.optional(z.string()),
    }),
    summary: 'A runner that hosts the agent holds its command stream.',
    from: 'service',
    run: false,
    example: { runner: 'laptop-4f2a', generation: 3, instance: 'i-7f3a' },
  },
  'agent.disconnected': {
    schema: z.strictObject({ ...connectionFields, reason: disconnectReasonSchema }),
    summary: "The agent's runner is gone, and why.",
    from: 'service',
    run: false,
    example: { runner: 'laptop-4f2a', generation: 3, reason: 'connection-lost' },
  },
  'agent.acknowledged': {
    schema: z.strictObject({
      /** Position of the event that asked for attention; when the state changes, this is over by itself. */
      attention: z.int().check(z.minimum(1)),
    }),
    summary: 'Somebody takes care of what the agent needs attention for.',
    from: 'service',
    run: false,
    example: { attention: 4_211 },
  },
  'agent.unacknowledged': {
    schema: nothing,
    summary: 'Nobody takes care of it any more: it was taken back, or lasted a day.',
    from: 'service',
    run: false,
    example: {},
  },
  'agent.removed': {
    schema: nothing,
    summary: 'The agent was deleted; its history ages out with the log.',
    from: 'service',
    run: false,
    example: {},
  },
  'error.reported': {
    schema: z.strictObject({
      message: nonEmptyText(LIMITS.messageChars),
    }),
    summary: 'Something went wrong without ending anything; valid with or without a run.',
    from: 'runner',
    run: false,
    example: { message: 'rate limited, retrying in 20 s' },
  },
} as const satisfies Record<string, EventKind>;
