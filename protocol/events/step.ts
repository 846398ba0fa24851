/** Events of the steps of a run, and of the graph that they form. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';
import { fractionSchema, nonEmptyText, text } from './kind.ts';
import { LIMITS } from '../wire/limits.ts';

/** Names a step within its run; chosen by the reporter, the same for all events of one step. */
const stepIdSchema = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/,
      'must be 1 to 100 of letters, digits, ".", "_", ":", "/" or "-"',
    ),
  );

/** What kind of work it is, for its glyph: free text with a few usual values. */
const kindSchema = nonEmptyText(40);

const graphSchema = z
  .strictObject({
    nodes: z
      .array(
        z.strictObject({
          step: stepIdSchema,
          name: nonEmptyText(LIMITS.nameChars),
          kind: z.optional(kindSchema),
        }),
      )
      .check(z.minLength(1), z.maxLength(LIMITS.graphNodes)),
    /** `[from, to]`: `to` can begin when `from` has ended. */
    edges: z.array(z.tuple([stepIdSchema, stepIdSchema])).check(z.maxLength(LIMITS.graphEdges)),
  })
  .check(
    z.refine(
      ({ nodes, edges }) => {
        const known = new Set(nodes.map(({ step }) => step));
        return known.size === nodes.length && edges.flat().every((step) => known.has(step));
      },
      { error: 'each node needs a step of its own, and edges must name them' },
    ),
  );

export const STEP_KINDS = {
  'graph.defined': {
    schema: graphSchema,
    summary:
      'The steps of the run and what each waits for, to be drawn as a graph; a later one replaces it.',
    from: 'runner',
    run: true,
    example: {
      nodes: [
        { step: 'build', name: 'Build' },
        { step: 'test', name: 'Test', kind: 'test' },
      ],
      edges: [['build', 'test']],
    },
  },
  'step.started': {
    schema: z.strictObject({
      step: stepIdSchema,
      name: nonEmptyText(LIMITS.nameChars),
      kind: z.optional(kindSchema),
      /** The step that this one is a part of. */
      parent: z.optional(stepIdSchema),
    }),
    summary: 'A part of the run began.',
    from: 'runner',
    run: true,
    example: { step: 'test', name: 'Test', kind: 'test' },
  },
  'step.progress': {
    schema: z.strictObject({
      step: stepIdSchema,
      /** Left out when unknown. */
      value: z.optional(fractionSchema),
      message: z.optional(text(LIMITS.messageChars)),
    }),
    summary: 'How far a step is; the latest wins.',
    from: 'runner',
    run: true,
    example: { step: 'test', value: 0.5, message: '206 of 412' },
  },
  'step.completed': {
    schema: z.strictObject({ step: stepIdSchema, message: z.optional(text(LIMITS.messageChars)) }),
    summary: 'A step ended well.',
    from: 'runner',
    run: true,
    example: { step: 'test', message: '412 passed' },
  },
  'step.failed': {
    schema: z.strictObject({ step: stepIdSchema, message: text(LIMITS.messageChars) }),
    summary: 'A step ended badly; the run may go on all the same.',
    from: 'runner',
    run: true,
    example: { step: 'test', message: '3 of 412 failed' },
  },
  'step.skipped': {
    schema: z.strictObject({
      step: stepIdSchema,
      name: z.optional(nonEmptyText(LIMITS.nameChars)),
      message: z.optional(text(LIMITS.messageChars)),
    }),
    summary: 'A step was left out.',
    from: 'runner',
    run: true,
    example: { step: 'deploy', message: 'not on the main branch' },
  },
} as const satisfies Record<string, EventKind>;
