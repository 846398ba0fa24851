/** What the file of `AGENTLIGHT_WEBHOOKS` may say: how the bodies of other people's webhooks are read. */
import * as z from 'zod/mini';
import { agentProfileSchema } from '../../../protocol/events/agent.ts';
import { nameSchema } from '../../../protocol/events/kind.ts';
import { agentIdSchema } from '../../../protocol/wire/ids.ts';
import { parsePointer } from './json-pointer.ts';

const pointer = z.string().check(
  z.maxLength(500),
  z.refine((text) => parsePointer(text) !== undefined, 'must be a JSON Pointer such as /build/id'),
);

/** What a value of theirs means; `ignore`: nothing. */
const meaning = z.enum([
  'queued',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'ignore',
]);
export type WebhookStatus = z.infer<typeof meaning>;

const { kind, tags, description } = agentProfileSchema.shape;

const webhookSchema = z.strictObject({
  /** Shared with the sender, who signs each body with it (HMAC-SHA256). Without one a token is needed. */
  secret: z.optional(
    z
      .string()
      .check(z.regex(/^[\x21-\x7e]{16,200}$/, 'must be 16 to 200 visible ASCII characters')),
  ),
  /** Where the signature is, in hexadecimal, with or without `sha256=` before it. */
  signatureHeader: z._default(
    z.string().check(z.regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the name of a header')),
    'X-Hub-Signature-256',
  ),
  agent: z.union(
    [z.strictObject({ pointer }), z.strictObject({ const: agentIdSchema })],
    'must be {"pointer": "/…"}, or {"const": "…"} with the id of an agent',
  ),
  /** How people call the agent. Default: as `agent`. */
  name: z.optional(nameSchema),
  kind,
  tags,
  description,
  /** Something that is different for each run. */
  run: pointer,
  status: z.strictObject({
    pointer,
    /** From their values, as text; `*` stands for all others. */
    map: z.record(z.string(), meaning),
  }),
  message: z.optional(pointer),
  progress: z.optional(pointer),
  /** What `progress` is when all is done. Default 1. */
  progressMax: z.optional(z.number().check(z.positive())),
  /** Something that is different for each delivery and the same when it is delivered again. */
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
        ? (issue.issues[0]?.message ?? 'is no name')
        : 'must be an object of webhooks by their name',
  },
);
export type Webhooks = z.infer<typeof webhooksSchema>;
