/** Events about the steps of a run and the graph of their dependencies. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';
import { fractionSchema, nonEmptyText, text } from './kind.ts';
import { LIMITS } from '../wire/limits.ts';

/** Id of a step within its run; chosen by the reporter, the same in all events of the step. */
const stepIdSchema = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/,
      'must be 1 to 100 of letters, digits, ".", "_", ":", "/" or "-"',
    ),
  );

/** Kind of work, which selects the icon: free text with a few common values. */
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
    /** `[from, to]`: `to` can start after `from` has ended. */
    edges: z.array(z.tuple([stepIdSchema, stepIdSchema])).check(z.maxLength(LIMITS.graphEdges)),
  })
  .check(
    z.refine(
      ({ nodes, edges }) => {
        const known = new Set(nodes.map(({ step }) => step));
        return known.size === nodes.length && edges.flat().every((step) => known.has(step));
      },
      { error: 'nodes must have different steps, and edges must connect these steps' },
    ),
  );

export const STEP_KINDS = {
  'graph.defined': {
    schema: graphSchema,
    summary: 'The steps of the run and their dependencies, as a graph; a later event replaces it.',
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
      /** The step that contains this one. */
      parent: z.optional(stepIdSchema),
    }),
    summary: 'A step started.',
    from: 'runner',
    run: true,
    example: { step: 'test', name: 'Test', kind: 'test' },
  },
  'step.progress': {
    schema: z.strictObject({
      step: stepIdSchema,
      /** 0 to 1; missing if unknown. */
      value: z.optional(fractionSchema),
      message: z.optional(text(LIMITS.messageChars)),
    }),
    summary: 'Progress of a step; the latest event counts.',
    from: 'runner',
    run: true,
    example: { step: 'test', value: 0.5, message: '206 of 412' },
  },
  'step.completed': {
    schema: z.strictObject({ step: stepIdSchema, message: z.optional(text(LIMITS.messageChars)) }),
    summary: 'A step succeeded.',
    from: 'runner',
    run: true,
    example: { step: 'test', message: '412 passed' },
  },
  'step.failed': {
    schema: z.strictObject({ step: stepIdSchema, message: text(LIMITS.messageChars) }),
    summary: 'A step failed; the run may continue.',
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
    summary: 'A step was skipped.',
    from: 'runner',
    run: true,
    example: { step: 'deploy', message: 'not on the main branch' },
  },
} as const satisfies Record<string, EventKind>;
