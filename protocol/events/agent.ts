/** Events about agents, their connections, and the service itself. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';
import { nameSchema, noData, nonEmptyText, text } from './kind.ts';
import { budgetSchema } from './budget.ts';
import { agentIdSchema, runnerIdSchema, uuidSchema } from '../wire/ids.ts';
import { LIMITS } from '../wire/limits.ts';

/** What an agent supports; the extension hides the other buttons. `prompt`: a run can carry a text prompt. */
const capabilitySchema = z.enum(['run', 'cancel', 'pause', 'prompt']);
export type Capability = z.infer<typeof capabilitySchema>;

const parametersSchema = z.looseObject({ type: z.literal('object') }).check(
  z.refine((schema) => JSON.stringify(schema).length <= LIMITS.parametersChars, {
    error: `must be at most ${LIMITS.parametersChars} characters of JSON`,
  }),
);

/** How its owner describes an agent: the body of `PUT /v1/agents/{id}`. */
export const agentProfileSchema = z.strictObject({
  name: nameSchema,
  description: z.optional(text(LIMITS.descriptionChars)),
  /** Display name of the machine that the agent runs on. */
  host: z.optional(text(LIMITS.hostChars)),
  capabilities: z._default(z.array(capabilitySchema).check(z.maxLength(10)), []),
  /** Selects the icon, and can be used in rules: `command`, `claude-code`, `codex`, `github` … */
  kind: z.optional(
    z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9 or "-"')),
  ),
  /** Used in groups, filters and rules. */
  tags: z.optional(z.array(nonEmptyText(LIMITS.tagChars)).check(z.maxLength(LIMITS.tags))),
  /** JSON Schema (draft 2020-12) of the `params` of a run. */
  parameters: z.optional(parametersSchema),
  /** Maximum number of concurrent runs; further requests are refused or queued. Defaults to 1. */
  maxConcurrentRuns: z.optional(z.int().check(z.minimum(1), z.maximum(100))),
  budget: z.optional(budgetSchema),
  /** The agent exists for one session and is removed some time after it. Defaults to false. */
  ephemeral: z.optional(z.boolean()),
  /** The session that the agent stands for. It stays the same while folder and name change. */
  session: z.optional(uuidSchema),
});
export type AgentProfile = z.infer<typeof agentProfileSchema>;

export const PROFILE_FIELDS = Object.keys(agentProfileSchema.shape) as (keyof AgentProfile)[];

/**
 * Why an agent's connection ended. `ended`: the agent existed for one run or session, which is over. `goodbye`: its
 * runner was stopped on purpose. The other reasons are unexpected and cause a notification.
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
  /** Number of the agent's connection, counted from 1. Reports with an older number are refused. */
  generation: z.int().check(z.minimum(1)),
};

export const AGENT_KINDS = {
  'service.started': {
    schema: z.strictObject({
      instance: z.string(),
      version: z.string(),
      /** Agents whose connection ended with an earlier process: stale until their runner reconnects. */
      orphans: z.array(agentIdSchema),
    }),
    summary: 'A service process started on this log.',
    from: 'service',
    run: false,
    example: { instance: 'i-7f3a', version: '0.1.0', orphans: ['unit-tests'] },
  },
  'service.stopped': {
    schema: z.strictObject({
      instance: z.string(),
      reason: z.enum(['shutdown', 'lost']),
      /** Agents whose connection ended with the process: stale until their runner reconnects to any instance. */
      orphans: z.array(agentIdSchema),
    }),
    summary: 'A service process stopped, or another instance found that it had died.',
    from: 'service',
    run: false,
    example: { instance: 'i-7f3a', reason: 'shutdown', orphans: [] },
  },
  'agent.registered': {
    schema: z.extend(agentProfileSchema, { owner: z.string() }),
    summary: 'An agent was registered. `owner` is the user who registered it.',
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
    summary: 'The runner of the agent opened its command stream.',
    from: 'service',
    run: false,
    example: { runner: 'laptop-4f2a', generation: 3, instance: 'i-7f3a' },
  },
  'agent.disconnected': {
    schema: z.strictObject({ ...connectionFields, reason: disconnectReasonSchema }),
    summary: 'The runner of the agent disconnected.',
    from: 'service',
    run: false,
    example: { runner: 'laptop-4f2a', generation: 3, reason: 'connection-lost' },
  },
  'agent.acknowledged': {
    schema: z.strictObject({
      /** Position of the event that needs attention. A change of the agent's state ends the acknowledgement. */
      attention: z.int().check(z.minimum(1)),
    }),
    summary: 'A user acknowledged the failure, lost connection or question that needs attention.',
    from: 'service',
    run: false,
    example: { attention: 4_211 },
  },
  'agent.unacknowledged': {
    schema: noData,
    summary: 'An acknowledgement ended: the user withdrew it, or it expired after a day.',
    from: 'service',
    run: false,
    example: {},
  },
  'agent.removed': {
    schema: noData,
    summary: 'The agent was deleted. Its history stays until retention deletes it.',
    from: 'service',
    run: false,
    example: {},
  },
  'error.reported': {
    schema: z.strictObject({
      message: nonEmptyText(LIMITS.messageChars),
    }),
    summary: 'A non-fatal error occurred; valid with or without a run.',
    from: 'runner',
    run: false,
    example: { message: 'rate limited, retrying in 20 s' },
  },
} as const satisfies Record<string, EventKind>;
