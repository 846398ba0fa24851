/** Events about the work in a run: messages, tool calls, usage, metrics, files and artifacts. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';
import { nonEmptyText, text } from './kind.ts';
import { LIMITS } from '../wire/limits.ts';

const countSchema = z.int().check(z.minimum(0));
const finite = z.number();
const callIdSchema = nonEmptyText(200);

/** Total usage of the run so far, never an increment: each report replaces the previous one. */
const usageSchema = z.strictObject({
  inputTokens: z.optional(countSchema),
  outputTokens: z.optional(countSchema),
  cacheReadTokens: z.optional(countSchema),
  cacheWriteTokens: z.optional(countSchema),
  /** US dollars. */
  costUsd: z.optional(finite.check(z.minimum(0))),
  model: z.optional(nonEmptyText(100)),
});

const metricSchema = z.strictObject({
  /** For example `val/accuracy`; the fleet keeps at most 20 different names per run. */
  name: z
    .string()
    .check(
      z.regex(/^[A-Za-z_][A-Za-z0-9_.:/@-]{0,79}$/, 'must be 1 to 80 letters, digits, _ . : / @ -'),
    ),
  value: finite,
  unit: z.optional(text(20)),
  /** Position on the horizontal axis, such as the training epoch. */
  step: z.optional(finite),
  /** Whether lower or higher values are better. If given, the fleet also keeps the best value. */
  objective: z.optional(z.enum(['min', 'max'])),
});

export const WORK_KINDS = {
  'message.added': {
    schema: z.strictObject({
      role: z.enum(['user', 'assistant', 'system']),
      text: text(LIMITS.outputChars),
    }),
    summary: 'A message in the conversation with a coding agent.',
    from: 'runner',
    run: true,
    example: { role: 'assistant', text: 'The flaky test waits for a timer. I will fix that.' },
  },
  'thinking.added': {
    schema: z.strictObject({ text: text(LIMITS.outputChars) }),
    summary: 'The reasoning of a coding agent, if the agent shows it.',
    from: 'runner',
    run: true,
    example: { text: 'The timer is only cleared on success.' },
  },
  'tool.started': {
    schema: z.strictObject({
      call: callIdSchema,
      name: nonEmptyText(LIMITS.nameChars),
      /** The input of the call, for display. */
      input: z.optional(text(LIMITS.outputChars)),
    }),
    summary: 'A coding agent called a tool.',
    from: 'runner',
    run: true,
    example: { call: 'toolu_01', name: 'Bash', input: 'npm test' },
  },
  'tool.completed': {
    schema: z.strictObject({ call: callIdSchema, output: z.optional(text(LIMITS.outputChars)) }),
    summary: 'A tool call succeeded.',
    from: 'runner',
    run: true,
    example: { call: 'toolu_01', output: '412 passed' },
  },
  'tool.failed': {
    schema: z.strictObject({ call: callIdSchema, message: text(LIMITS.outputChars) }),
    summary: 'A tool call failed; the agent usually continues.',
    from: 'runner',
    run: true,
    example: { call: 'toolu_01', message: 'exit code 1' },
  },
  'usage.reported': {
    schema: usageSchema,
    summary: 'Total usage of the run so far; the latest event counts.',
    from: 'runner',
    run: true,
    example: {
      inputTokens: 18_432,
      outputTokens: 2_210,
      costUsd: 0.42,
      model: 'claude-sonnet-4-5',
    },
  },
  'metric.reported': {
    schema: metricSchema,
    summary: 'A value of a named metric.',
    from: 'runner',
    run: true,
    example: { name: 'val/accuracy', value: 0.91, step: 12, objective: 'max' },
  },
  'file.changed': {
    schema: z.strictObject({
      path: nonEmptyText(LIMITS.pathChars),
      change: z.enum(['created', 'modified', 'deleted']),
      addedLines: z.optional(countSchema),
      removedLines: z.optional(countSchema),
    }),
    summary: 'The run changed a file.',
    from: 'runner',
    run: true,
    example: { path: 'src/timer.ts', change: 'modified', addedLines: 3, removedLines: 1 },
  },
  'artifact.created': {
    schema: z.strictObject({
      name: nonEmptyText(LIMITS.nameChars),
      url: z.optional(z.url({ protocol: /^https?$/ }).check(z.maxLength(LIMITS.pathChars))),
      mediaType: z.optional(text(100)),
      sizeBytes: z.optional(countSchema),
    }),
    summary: 'The run produced an artifact.',
    from: 'runner',
    run: true,
    example: { name: 'report.html', url: 'https://ci.example/report.html', sizeBytes: 48_213 },
  },
} as const satisfies Record<string, EventKind>;
