/** Interfaces of the parsers that translate the output of programs into events. */
import type { EventData, ReportedType } from '../../../protocol/events/event.ts';
import type { JsonObject } from '../json.ts';

/** Events that only the runner can report: start, end, output and approvals. */
type RunnerOnlyType =
  | `approval.${string}`
  | 'run.started'
  | 'run.succeeded'
  | 'run.failed'
  | 'run.cancelled'
  | 'run.output';

type ParsedType = Exclude<ReportedType, RunnerOnlyType>;

/** An event that a program reports about its own run, without agent and run. */
export type ParsedEvent = {
  [T in ParsedType]: { readonly type: T; readonly data: EventData<T> };
}[ParsedType];

/** Parses the output of one run. Keeps state, has no side effects, and never throws. */
export interface OutputParser {
  /** @param text decoded output; a piece can start and end anywhere in a line. */
  parse(stream: 'stdout' | 'stderr', text: string): ParseResult;
  /** Call it once, when the program has ended. */
  end(): ParseResult & OutputVerdict;
}

export interface ParseResult {
  readonly events: readonly ParsedEvent[];
  /** The part of the output for people; the rest is represented by the events. */
  readonly shown: string;
}

export interface OutputVerdict {
  /** Whether it failed, regardless of the exit code. */
  readonly failed?: boolean;
  /** The result in the program's own words, for the last event of the run. */
  readonly message?: string;
  /** Whether `message` says what went wrong. Implied by `failed`. */
  readonly explainsFailure?: boolean;
}

/** Parses the output of a program that prints one JSON object per line. */
export interface LineParser {
  parse(line: JsonObject): readonly ParsedEvent[];
  end(): OutputVerdict;
}
