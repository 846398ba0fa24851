/** Events about questions to a person. An approval's id is the id of its `approval.requested` event. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';
import { nonEmptyText, text } from './kind.ts';
import { uuidSchema } from '../wire/ids.ts';
import { LIMITS } from '../wire/limits.ts';

const choiceIdSchema = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9, "_" or "-"'));

const choiceSchema = z.strictObject({
  id: choiceIdSchema,
  label: nonEmptyText(LIMITS.choiceChars),
  /** How the button looks: approving, refusing or neutral. */
  tone: z.optional(z.enum(['allow', 'deny', 'neutral'])),
});

/** Where a person answered, such as `popup`, `notification`, `terminal`. */
const viaSchema = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be 1 to 40 of a-z, 0-9 or "-"'));

/** Body of `POST /v1/approvals/{id}/decision`. */
export const decisionSchema = z.strictObject({
  /** Id of a choice. */
  choice: z.optional(choiceIdSchema),
  /** A free-text answer, if the question accepts one. */
  text: z.optional(text(LIMITS.messageChars)),
  /** The `hash` of the question that the person saw. */
  hash: z.string().check(z.maxLength(64)),
  via: z.optional(viaSchema),
});

const requestedSchema = z
  .strictObject({
    /** `permission`: may the agent do this? `question`: what should it do? */
    kind: z.enum(['permission', 'question']),
    title: nonEmptyText(LIMITS.titleChars),
    /** Exactly what the agent will do, such as the complete command or the complete diff. */
    details: z.optional(text(LIMITS.detailsChars)),
    choices: z.array(choiceSchema).check(z.maxLength(LIMITS.choices)),
    /** Whether the question also accepts a free-text answer. */
    freeText: z.optional(z.boolean()),
    /** SHA-256 of the requested action in lower-case hexadecimal. The answer repeats it, and the service compares both. */
    hash: z
      .string()
      .check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal')),
    /** When the question expires; ISO 8601, UTC. */
    expiresAt: z.optional(z.iso.datetime()),
  })
  .check(
    z.refine(({ choices }) => new Set(choices.map(({ id }) => id)).size === choices.length, {
      error: 'choices must have different ids',
    }),
    z.refine(({ choices, freeText }) => choices.length > 0 || freeText === true, {
      error: 'must have choices or freeText',
    }),
  );

export const APPROVAL_KINDS = {
  'approval.requested': {
    schema: requestedSchema,
    summary: 'The agent waits for the answer of a person.',
    from: 'runner',
    run: false,
    example: {
      kind: 'permission',
      title: 'Run a command',
      details: 'git push --force origin main',
      choices: [
        { id: 'allow', label: 'Allow', tone: 'allow' },
        { id: 'deny', label: 'Deny', tone: 'deny' },
      ],
      hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
  },
  'approval.resolved': {
    schema: z.strictObject({
      approval: uuidSchema,
      choice: z.optional(choiceIdSchema),
      text: z.optional(text(LIMITS.messageChars)),
      via: z.optional(viaSchema),
    }),
    summary: 'A person answered; the first answer wins.',
    from: 'service',
    run: false,
    example: { approval: '0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e', choice: 'allow' },
  },
  'approval.expired': {
    schema: z.strictObject({ approval: uuidSchema }),
    summary: 'Nobody answered in time. The action is neither allowed nor denied.',
    from: 'service',
    run: false,
    example: { approval: '0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e' },
  },
  'approval.withdrawn': {
    schema: z.strictObject({
      approval: uuidSchema,
      /** `asker-gone`: the process that waited for the answer disconnected. */
      reason: z.enum(['answered-elsewhere', 'no-longer-needed', 'asker-gone']),
    }),
    summary: 'The agent no longer waits for an answer.',
    from: 'runner',
    run: false,
    example: { approval: '0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e', reason: 'answered-elsewhere' },
  },
} as const satisfies Record<string, EventKind>;
