/** How the end of a command becomes the last event of its run. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { OutputVerdict } from '../../adapters/output/output-parser.ts';
import type { Report } from '../report/event-queue.ts';
import { lastChars } from '../output/output-tail.ts';
import type { CommandResult } from './process.ts';

type FinalReport = Extract<Report, { type: 'run.succeeded' | 'run.failed' | 'run.cancelled' }>;
/** The last event of a run, but for whose it is. */
export type CommandOutcome = FinalReport extends infer R
  ? R extends FinalReport
    ? Omit<R, 'agent' | 'run'>
    : never
  : never;

export interface OutcomeContext {
  /** The last lines that it printed. */
  readonly tail: string;
  readonly timeoutMs?: number | undefined;
  /** Why it was stopped on purpose, if not because of a wish from the service. */
  readonly stoppedBy?: string | undefined;
  /** How it went by what it printed. */
  readonly ending?: OutputVerdict | undefined;
}

export function outcomeOf(result: CommandResult, context: OutcomeContext): CommandOutcome {
  const { reason, exitCode, signal, error } = result;
  const { tail, timeoutMs = 0, stoppedBy, ending = {} } = context;
  if (reason === 'cancelled' || (stoppedBy !== undefined && exitCode !== 0)) {
    return { type: 'run.cancelled', data: stoppedBy === undefined ? {} : { message: stoppedBy } };
  }
  if (reason === 'exit' && exitCode === 0 && !ending.failed) {
    const { message } = ending;
    return { type: 'run.succeeded', data: message === undefined ? {} : { message } };
  }
  const fail = (message: string): CommandOutcome => ({
    type: 'run.failed',
    data: {
      // it ended well, and says itself that it failed
      reason: exitCode === 0 ? 'other' : reason,
      message: message.slice(0, LIMITS.messageChars),
      ...(exitCode !== undefined && { exitCode }),
      ...(signal !== undefined && { signal }),
    },
  });
  switch (reason) {
    case 'exit':
      if (ending.message !== undefined) return fail(withTail(ending.message, tail));
      return fail(tail === '' ? `Exited with code ${exitCode}, and printed nothing.` : tail);
    case 'signal':
      return fail(withTail(`Ended by ${signal}.`, tail));
    case 'timeout':
      return fail(withTail(`Still running after ${timeoutMs / 1_000} s, so it was stopped.`, tail));
    case 'spawn':
      return fail(error?.message ?? 'It could not be started.');
  }
}

function withTail(headline: string, tail: string): string {
  if (tail === '') return headline;
  return `${headline}\n${lastChars(tail, LIMITS.messageChars - headline.length - 1)}`;
}

/** A command as a person would type it; only for showing. */
export function showCommand(command: readonly string[]): string {
  const shown = command.map((part) =>
    /^[\w@%+=:,./-]+$/.test(part) ? part : JSON.stringify(part),
  );
  return shown.join(' ').slice(0, LIMITS.commandChars).toWellFormed();
}
