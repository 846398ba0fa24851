/** What all adapters have in common: they turn what a program says in its own way into events. */
import type { EventData, ReportedType } from '../../../protocol/events/event.ts';
import type { JsonObject } from '../json.ts';

/** What only the one who runs the program knows: that it began, how it ended, and what it asks. */
type OfTheRunner =
  | `approval.${string}`
  | 'run.started'
  | 'run.succeeded'
  | 'run.failed'
  | 'run.cancelled'
  | 'run.output';

type SaidType = Exclude<ReportedType, OfTheRunner>;

/** Something that a program says of its own run: an event, but for whose it is. */
export type ParsedEvent = {
  [T in SaidType]: { readonly type: T; readonly data: EventData<T> };
}[SaidType];

/** Listens to the output of one run. Keeps state, has no effects, and never throws, whatever is printed. */
export interface OutputParser {
  /** @param text decoded output; a piece may begin and end anywhere in a line. */
  parse(stream: 'stdout' | 'stderr', text: string): ParseResult;
  /** The output has ended, and the program with it. */
  end(): ParseResult & OutputVerdict;
}

export interface ParseResult {
  readonly events: readonly ParsedEvent[];
  /** What of it is for people: the rest is told by what it says. */
  readonly shown: string;
}

export interface OutputVerdict {
  /** It failed, whatever its exit code says. */
  readonly failed?: boolean;
  /** How it went in the program's own words, for the last event of the run. */
  readonly message?: string;
}

/** Follows a program that prints what it does as JSON, an object a line, in a language of its own. */
export interface LineParser {
  parse(line: JsonObject): readonly ParsedEvent[];
  end(): OutputVerdict;
}
