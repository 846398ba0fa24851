/** Schema of the file in `AGENTLIGHT_WEBHOOKS`, which maps the bodies of other services' webhooks to events. */
import * as z from 'zod/mini';
import { agentProfileSchema } from '../../../protocol/events/agent.ts';
import { nameSchema } from '../../../protocol/events/kind.ts';
import { agentIdSchema } from '../../../protocol/wire/ids.ts';
import { parsePointer } from './json-pointer.ts';

const pointer = z.string().check(
  z.maxLength(500),
  z.refine((text) => parsePointer(text) !== undefined, 'must be a JSON Pointer such as /build/id'),
);

/** The status that a value in the body stands for; deliveries with `ignore` are skipped. */
const status = z.enum([
  'queued',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'ignore',
]);
export type WebhookStatus = z.infer<typeof status>;

const { kind, tags, description } = agentProfileSchema.shape;

const webhookSchema = z.strictObject({
  /** The sender signs each body with it (HMAC-SHA256). Without a secret the sender needs a token. */
  secret: z.optional(
    z
      .string()
      .check(z.regex(/^[\x21-\x7e]{16,200}$/, 'must be 16 to 200 visible ASCII characters')),
  ),
  /** Header with the signature in hexadecimal, with or without a leading `sha256=`. */
  signatureHeader: z._default(
    z.string().check(z.regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the name of a header')),
    'X-Hub-Signature-256',
  ),
  agent: z.union(
    [z.strictObject({ pointer }), z.strictObject({ const: agentIdSchema })],
    'must be {"pointer": "/…"}, or {"const": "…"} with the id of an agent',
  ),
  /** Display name of the agent. Defaults to the value of `agent`. */
  name: z.optional(nameSchema),
  kind,
  tags,
  description,
  /** Pointer to a value that is unique per run. */
  run: pointer,
  status: z.strictObject({
    pointer,
    /** By the value in the body, as text; `*` stands for all other values. */
    map: z.record(z.string(), status),
  }),
  message: z.optional(pointer),
  progress: z.optional(pointer),
  /** The value of `progress` when everything is done. Defaults to 1. */
  progressMax: z.optional(z.number().check(z.positive())),
  /** Pointer to a value that is unique per delivery and stays the same when it is repeated. */
  delivery: z.optional(pointer),
});
export type Webhook = z.infer<typeof webhookSchema>;

const RESERVED = ['github', 'claude-code', 'codex', 'constructor'];

export const webhooksSchema = z.record(
  z.string().check(
    z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9 or "-"'),
    z.refine((name) => !RESERVED.includes(name), 'is taken'),
  ),
  webhookSchema,
  {
    error: (issue) =>
      issue.code === 'invalid_key'
        ? (issue.issues[0]?.message ?? 'is not a valid name')
        : 'must be an object of webhooks by their name',
  },
);
export type Webhooks = z.infer<typeof webhooksSchema>;
