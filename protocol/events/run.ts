/** Events of a run's life: asked for, under way, finished. */
import * as z from 'zod/mini';
import type { EventKind } from './kind.ts';
import { fractionSchema, nothing, nonEmptyText, text } from './kind.ts';
import { uuidSchema } from '../wire/ids.ts';
import { LIMITS } from '../wire/limits.ts';

/** Why a run failed: its exit code, a signal, its time limit, or because it could not start or was lost. */
const failureReasonSchema = z.enum(['exit', 'signal', 'timeout', 'spawn', 'lost', 'other']);

const paramsSchema = z.record(z.string(), z.unknown()).check(
  z.refine((value) => JSON.stringify(value).length <= LIMITS.paramsChars, {
    error: `must be at most ${LIMITS.paramsChars} characters of JSON`,
  }),
);

const requestFields = {
  params: z.optional(paramsSchema),
  /** What a coding agent should do, in words. */
  prompt: z.optional(text(LIMITS.promptChars)),
  /** The run is stopped after this long, and fails. Default: as the agent's runner has it. */
  timeoutMs: z.optional(z.int().check(z.minimum(1), z.maximum(LIMITS.timeoutMs))),
  /** The run that asks for this one. */
  parent: z.optional(uuidSchema),
};

/** Body of `POST /v1/agents/{id}/runs`. */
export const runBodySchema = z.strictObject({
  ...requestFields,
  /** Wait in line while the agent is busy or offline, instead of being refused. Default false. */
  queue: z.optional(z.boolean()),
});

/** Body of `POST /v1/runs/{id}/retry`. */
export const retryBodySchema = z.pick(runBodySchema, { queue: true });

/** What is asked for, kept whole in `run.requested`. */
export const runRequestSchema = z.strictObject({
  ...requestFields,
  /** The finished run that this one repeats. */
  retryOf: z.optional(uuidSchema),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

export const RUN_KINDS = {
  'run.requested': {
    schema: runRequestSchema,
    summary: 'Somebody asked the agent to run.',
    from: 'service',
    run: true,
    example: { params: { grep: 'cursor' } },
  },
  'run.queued': {
    schema: runRequestSchema,
    summary:
      'Somebody asked for a run while the agent was busy; `run.requested` follows when its turn comes.',
    from: 'service',
    run: true,
    example: { prompt: 'Fix the flaky test' },
  },
  'run.started': {
    schema: z.strictObject({
      /** The command as a person would read it; not a shell string to execute. */
      command: z.optional(text(LIMITS.commandChars)),
      /** The run that started this one. */
      parent: z.optional(uuidSchema),
    }),
    summary: 'The work began. A run that nobody requested (a wrapped command) begins here.',
    from: 'runner',
    run: true,
    example: { command: 'npm test' },
  },
  'run.progress': {
    schema: z.strictObject({
      /** 0 to 1; left out when unknown. */
      value: z.optional(fractionSchema),
      message: z.optional(text(LIMITS.messageChars)),
    }),
    summary: 'How far the run is; the latest wins.',
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
    summary: 'The run stands still until it is resumed.',
    from: 'runner',
    run: true,
    example: { message: 'waiting for a GPU' },
  },
  'run.resumed': {
    schema: nothing,
    summary: 'A paused run goes on.',
    from: 'runner',
    run: true,
    example: {},
  },
  'run.cancel_requested': {
    schema: nothing,
    summary:
      'Somebody asked for the run to be cancelled; it goes on until its runner says otherwise.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.pause_requested': {
    schema: nothing,
    summary: 'Somebody asked for the run to be paused; `run.paused` confirms it.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.resume_requested': {
    schema: nothing,
    summary: 'Somebody asked for the run to be resumed; `run.resumed` confirms it.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.lost': {
    schema: nothing,
    summary: 'The runner of a live run is out of contact; the run may still be going on.',
    from: 'service',
    run: true,
    example: {},
  },
  'run.succeeded': {
    schema: z.strictObject({ message: z.optional(text(LIMITS.messageChars)) }),
    summary: 'The run ended well. Final.',
    from: 'runner',
    run: true,
    example: { message: '412 tests passed' },
  },
  'run.failed': {
    schema: z.strictObject({
      reason: failureReasonSchema,
      /** What a person needs to know; for a command the last lines of its output. */
      message: text(LIMITS.messageChars),
      exitCode: z.optional(z.int()),
      signal: z.optional(text(20)),
    }),
    summary: 'The run ended badly. Final.',
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
    summary: 'A piece of what the run printed.',
    from: 'runner',
    run: true,
    example: { stream: 'stdout', text: 'ok 1 - cursor survives a restart\n' },
  },
} as const satisfies Record<string, EventKind>;
