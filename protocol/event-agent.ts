/** Events about agents, their connections, and the service itself. */
import * as z from 'zod/mini';
import type { EventKind } from './event-kind.ts';
import { nameSchema, nothing, someText, text } from './event-kind.ts';
import { agentIdSchema, runnerIdSchema } from './ids.ts';
import { LIMITS } from './limits.ts';

/** What an agent can be asked to do; a panel hides the rest. */
const capabilitySchema = z.enum(['run', 'cancel']);

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
  'agent.removed': {
    schema: nothing,
    summary: 'The agent was deleted; its history ages out with the log.',
    from: 'service',
    run: false,
    example: {},
  },
  'error.reported': {
    schema: z.strictObject({
      message: someText(LIMITS.messageChars),
    }),
    summary: 'Something went wrong without ending anything; valid with or without a run.',
    from: 'runner',
    run: false,
    example: { message: 'rate limited, retrying in 20 s' },
  },
} as const satisfies Record<string, EventKind>;
