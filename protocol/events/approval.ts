/** Events of questions that wait for a person. An approval's id is the id of the event that asked for it. */
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
  /** How it is shown: as going ahead, as refusing, or as neither. */
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
  /** In free words, where the question takes them. */
  text: z.optional(text(LIMITS.messageChars)),
  /** The `hash` of what the person was shown. */
  hash: z.string().check(z.maxLength(64)),
  via: z.optional(viaSchema),
});

const requestedSchema = z
  .strictObject({
    /** May something be done, or what should be done? */
    kind: z.enum(['permission', 'question']),
    title: nonEmptyText(LIMITS.titleChars),
    /** Exactly what will be done, such as the whole command or the whole change. */
    details: z.optional(text(LIMITS.detailsChars)),
    choices: z.array(choiceSchema).check(z.maxLength(LIMITS.choices)),
    /** An answer in free words is welcome, too. */
    freeText: z.optional(z.boolean()),
    /** Lower-case hexadecimal SHA-256 of what will be done; the answer repeats it, and the asker checks it. */
    hash: z
      .string()
      .check(z.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal')),
    /** When the asker stops waiting; ISO 8601, UTC. */
    expiresAt: z.optional(z.iso.datetime()),
  })
  .check(
    z.refine(({ choices }) => new Set(choices.map(({ id }) => id)).size === choices.length, {
      error: 'choices must have different ids',
    }),
    z.refine(({ choices, freeText }) => choices.length > 0 || freeText === true, {
      error: 'needs choices, or freeText',
    }),
  );

export const APPROVAL_KINDS = {
  'approval.requested': {
    schema: requestedSchema,
    summary: 'The agent waits for a person.',
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
    summary: 'Nobody answered in time. That is no decision: neither allowed nor denied.',
    from: 'service',
    run: false,
    example: { approval: '0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e' },
  },
  'approval.withdrawn': {
    schema: z.strictObject({
      approval: uuidSchema,
      /** `asker-gone`: whoever waited for the answer went away without a word. */
      reason: z.enum(['answered-elsewhere', 'no-longer-needed', 'asker-gone']),
    }),
    summary: 'The agent does not wait for this answer any more.',
    from: 'runner',
    run: false,
    example: { approval: '0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e', reason: 'answered-elsewhere' },
  },
} as const satisfies Record<string, EventKind>;
