/** Events of a run, from its request to its end. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';
import { fractionSchema, noData, nonEmptyText, text } from './kind.ts';
import { uuidSchema } from '../wire/ids.ts';
import { LIMITS } from '../wire/limits.ts';

/** Why a run failed: exit code, signal, time limit, could not be started, lost contact, or another reason. */
const failureReasonSchema = z.enum(['exit', 'signal', 'timeout', 'spawn', 'lost', 'other']);

const paramsSchema = z.record(z.string(), z.unknown()).check(
  z.refine((value) => JSON.stringify(value).length <= LIMITS.paramsChars, {
    error: `must be at most ${LIMITS.paramsChars} characters of JSON`,
  }),
);

const requestFields = {
  params: z.optional(paramsSchema),
  /** Instructions for a coding agent. */
  prompt: z.optional(text(LIMITS.promptChars)),
  /** A run that takes longer is stopped and fails. Defaults to the limit in the runner's configuration. */
  timeoutMs: z.optional(z.int().check(z.minimum(1), z.maximum(LIMITS.timeoutMs))),
  /** The run that requests this one. */
  parent: z.optional(uuidSchema),
};

/** Body of `POST /v1/agents/{id}/runs`. */
export const runBodySchema = z.strictObject({
  ...requestFields,
  /** Queue the run, instead of refusing it, while the agent is busy or offline. Defaults to false. */
  queue: z.optional(z.boolean()),
});

/** Body of `POST /v1/runs/{id}/retry`. */
export const retryBodySchema = z.pick(runBodySchema, { queue: true });

/** A run request, as stored in `run.requested`. */
export const runRequestSchema = z.strictObject({
  ...requestFields,
  /** The finished run that this one repeats. */
  retryOf: z.optional(uuidSchema),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

export const RUN_KINDS = {
  'run.requested': {
    schema: runRequestSchema,
    summary: 'A user requested a run.',
    from: 'service',
    run: true,
    example: { params: { grep: 'cursor' } },
  },
  'run.queued': {
    schema: runRequestSchema,
    summary:
      'A user requested a run while the agent was busy or offline; `run.requested` follows when the run can start.',
    from: 'service',
    run: true,
    example: { prompt: 'Fix the flaky test' },
  },
  'run.started': {
    schema: z.strictObject({
      /** The command for display; not a shell string to execute. */
      command: z.optional(text(LIMITS.commandChars)),
      /** The run that started this one. */
      parent: z.optional(uuidSchema),
    }),
    summary:
      'The run started. A run that nobody requested (a wrapped command) begins with this event.',
    from: 'runner',
    run: true,
    example: { command: 'npm test' },
  },
  'run.progress': {
    schema: z.strictObject({
      /** 0 to 1; missing if unknown. */
      value: z.optional(fractionSchema),
      message: z.optional(text(LIMITS.messageChars)),
    }),
    summary: 'Progress of the run; the latest event counts.',
    from: 'runner',
    run: true,
    example: { value: 0.42, message: 'epoch 12 of 40' },
  },
  'run.phase': {
    schema: z.strictObject({
      name: nonEmptyText(LIMITS.phaseChars),
    }),
    summary: 'The run entered a named phase.',
    from: 'runner',
    run: true,
    example: { name: 'building' },
  },
  'run.paused': {
    schema: z.strictObject({ message: z.optional(text(LIMITS.messageChars)) }),
    summary: 'The run is paused until it is resumed.',
    from: 'runner',
    run: true,
    example: { message: 'waiting for a GPU' },
  },
  'run.resumed': {
    schema: noData,
    summary: 'A paused run continued.',
    from: 'runner',
    run: true,
    example: {},
  },
  'run.cancel_requested': {
    schema: noData,
    summary: 'A user requested cancellation; the run continues until its runner reports the end.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.pause_requested': {
    schema: noData,
    summary: 'A user requested a pause; `run.paused` confirms it.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.resume_requested': {
    schema: noData,
    summary: 'A user requested that a paused run continue; `run.resumed` confirms it.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.lost': {
    schema: noData,
    summary:
      'The service lost contact with the runner of an active run; the run may still be working.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.succeeded': {
    schema: z.strictObject({ message: z.optional(text(LIMITS.messageChars)) }),
    summary: 'The run succeeded. Final.',
    from: 'runner',
    run: true,
    example: { message: '412 tests passed' },
  },
  'run.failed': {
    schema: z.strictObject({
      reason: failureReasonSchema,
      /** What went wrong; for a command, the last lines of its output. */
      message: text(LIMITS.messageChars),
      exitCode: z.optional(z.int()),
      signal: z.optional(text(20)),
    }),
    summary: 'The run failed. Final.',
    from: 'runner',
    run: true,
    example: { reason: 'exit', message: '3 of 412 tests failed', exitCode: 1 },
  },
  'run.cancelled': {
    schema: z.strictObject({ message: z.optional(text(LIMITS.messageChars)) }),
    summary: 'The run was stopped on purpose. Final, and not a failure.',
    from: 'runner',
    run: true,
    example: {},
  },
  'run.output': {
    schema: z.strictObject({
      stream: z.enum(['stdout', 'stderr']),
      text: text(LIMITS.outputChars),
    }),
    summary: 'A chunk of the output of the run.',
    from: 'runner',
    run: true,
    example: { stream: 'stdout', text: 'ok 1 - cursor survives a restart\n' },
  },
} as const satisfies Record<string, EventKind>;
