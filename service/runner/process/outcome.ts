/** Translates the end of a command to the last event of its run. */
import { LIMITS } from '../../../protocol/wire/limits.ts';
import type { OutputVerdict } from '../../adapters/output/output-parser.ts';
import type { Report } from '../report/event-queue.ts';
import { lastChars } from '../output/output-tail.ts';
import type { CommandResult } from './process.ts';

type FinalReport = Extract<Report, { type: 'run.succeeded' | 'run.failed' | 'run.cancelled' }>;
/** The last event of a run, without agent and run. */
export type CommandOutcome = FinalReport extends infer R
  ? R extends FinalReport
    ? Omit<R, 'agent' | 'run'>
    : never
  : never;

export interface OutcomeContext {
  /** The last lines of its output. */
  readonly tail: string;
  readonly timeoutMs?: number | undefined;
  /** Why it was stopped, unless the service requested it. */
  readonly stoppedBy?: string | undefined;
  /** The verdict of the output parser. */
  readonly verdict?: OutputVerdict | undefined;
}

export function outcomeOf(result: CommandResult, context: OutcomeContext): CommandOutcome {
  const { reason, exitCode, signal, error } = result;
  const { tail, timeoutMs = 0, stoppedBy, verdict = {} } = context;
  if (reason === 'cancelled' || (stoppedBy !== undefined && exitCode !== 0)) {
    return { type: 'run.cancelled', data: stoppedBy === undefined ? {} : { message: stoppedBy } };
  }
  if (reason === 'exit' && exitCode === 0 && !verdict.failed) {
    const { message } = verdict;
    return { type: 'run.succeeded', data: message === undefined ? {} : { message } };
  }
  const fail = (message: string): CommandOutcome => ({
    type: 'run.failed',
    data: {
      // the exit code is 0, but its output says that it failed
      reason: exitCode === 0 || reason === 'output' ? 'other' : reason,
      message: message.slice(0, LIMITS.messageChars),
      ...(exitCode !== undefined && { exitCode }),
      ...(signal !== undefined && { signal }),
    },
  });
  switch (reason) {
    case 'exit':
      if (verdict.message !== undefined) return fail(withTail(headlineOf(verdict, exitCode), tail));
      return fail(tail === '' ? `Exited with code ${exitCode} without output.` : tail);
    case 'signal':
      return fail(withTail(`Ended by ${signal}.`, tail));
    case 'timeout':
      return fail(withTail(`Still running after ${timeoutMs / 1_000} s, so it was stopped.`, tail));
    case 'spawn':
      return fail(error?.message ?? 'It could not be started.');
    case 'output':
      return fail(withTail(error?.message ?? 'Its output could not be written.', tail));
  }
}

/** A failed command is not headed by "5 passed" alone. */
function headlineOf({ failed, explainsFailure, message = '' }: OutputVerdict, exitCode?: number) {
  const isExplained = failed === true || explainsFailure === true;
  return isExplained ? message : `Exited with code ${exitCode} after "${message}".`;
}

function withTail(headline: string, tail: string): string {
  if (tail === '') return headline;
  return `${headline}\n${lastChars(tail, LIMITS.messageChars - headline.length - 1)}`;
}

/** A command as a person would type it, for display only. */
export function showCommand(command: readonly string[]): string {
  const shown = command.map((part) =>
    /^[\w@%+=:,./-]+$/.test(part) ? part : JSON.stringify(part),
  );
  return shown.join(' ').slice(0, LIMITS.commandChars).toWellFormed();
}
