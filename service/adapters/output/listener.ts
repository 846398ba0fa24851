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
export type Said = {
  [T in SaidType]: { readonly type: T; readonly data: EventData<T> };
}[SaidType];

/** Listens to the output of one run. Keeps state, has no effects, and never throws, whatever is printed. */
export interface Listener {
  /** @param text decoded output; a piece may begin and end anywhere in a line. */
  hear(stream: 'stdout' | 'stderr', text: string): Heard;
  /** The output has ended, and the program with it. */
  end(): Heard & Ending;
}

export interface Heard {
  readonly said: readonly Said[];
  /** What of it is for people: the rest is told by what it says. */
  readonly shown: string;
}

export interface Ending {
  /** It failed, whatever its exit code says. */
  readonly failed?: boolean;
  /** How it went in the program's own words, for the last event of the run. */
  readonly message?: string;
}

/** Follows a program that prints what it does as JSON, an object a line, in a language of its own. */
export interface EventStream {
  hear(line: JsonObject): readonly Said[];
  end(): Ending;
}
