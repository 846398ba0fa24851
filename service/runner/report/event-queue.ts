/**
 * Events that the service has not acknowledged yet, in order.
 *
 * Events that change a run's state are never dropped. The others are bounded: only the latest progress and usage is
 * kept, and a limited amount of output, with a note where some is missing.
 */
import { uuidv7 } from 'uuidv7';
import type { EVENT_KINDS, EventData, ReportedType } from '../../../protocol/events/event.ts';
import { latestWinsKey } from '../../../protocol/events/latest-wins.ts';

/** An event before it gets an id. */
export type Report = {
  [T in ReportedType]: {
    readonly type: T;
    readonly agent: string;
    /** Defaults to a new one. */
    readonly id?: string;
    /** ISO 8601, UTC. Defaults to the current time. */
    readonly time?: string;
    readonly data: EventData<T>;
  } & RunOf<T>;
}[ReportedType];

type RunOf<T extends ReportedType> = (typeof EVENT_KINDS)[T]['run'] extends true
  ? { readonly run: string }
  : { readonly run?: string };

export type QueuedEvent = Report & { readonly id: string; readonly time: string };

/** Approximate memory of an event besides its text, in characters. */
const OVERHEAD_CHARS = 300;

export interface EventQueueOptions {
  /** Limit of waiting output in characters, plus 300 per event. Defaults to `8000000`. */
  readonly maxOutputChars?: number;
  /** ISO 8601, UTC. */
  readonly now: () => string;
}

export interface BatchLimits {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

export class EventQueue {
  readonly #maxOutputChars: number;
  readonly #now: () => string;
  #events: QueuedEvent[] = [];
  /** Number of events at the front that have been sent. They may be in the log already, so they must not change. */
  #sent = 0;
  /** Number of events that have left the queue: index `n` is event number `n + removed`. */
  #removed = 0;
  /** Event numbers of the latest events, for those of which only the latest counts. */
  readonly #latest = new Map<string, number>();
  #outputChars = 0;
  readonly #droppedChars = new Map<string, number>();

  constructor({ maxOutputChars = 8_000_000, now }: EventQueueOptions) {
    this.#maxOutputChars = maxOutputChars;
    this.#now = now;
  }

  get size(): number {
    return this.#events.length;
  }

  get events(): readonly QueuedEvent[] {
    return this.#events;
  }

  /** Returns the events that were queued or changed; none if the output limit is reached. */
  add(report: Report): readonly QueuedEvent[] {
    const replaced = this.#replace(report);
    if (replaced) return [replaced];
    if (report.type === 'run.output') {
      if (this.#outputChars + costOf(report) > this.#maxOutputChars) {
        const dropped = this.#droppedChars.get(report.run) ?? 0;
        this.#droppedChars.set(report.run, dropped + report.data.text.length);
        return [];
      }
    }
    return [...this.#noteDropped(report), this.#push(report)];
  }

  /**
   * The first events as JSON texts, at least one if there is any.
   *
   * @param toJson serializes an event for the request.
   */
  batch({ maxEvents, maxBytes }: BatchLimits, toJson: (event: QueuedEvent) => string): string[] {
    const texts: string[] = [];
    let bytes = 0;
    for (const event of this.#events) {
      if (texts.length === maxEvents) break;
      const text = toJson(event);
      bytes += Buffer.byteLength(text) + 1;
      if (bytes > maxBytes && texts.length > 0) break;
      texts.push(text);
    }
    this.#sent = Math.max(this.#sent, texts.length);
    return texts;
  }

  /** Removes the first `count` events, which are in the log now. */
  acknowledge(count: number): void {
    for (const event of this.#events.splice(0, count)) this.#forget(event);
    this.#sent -= Math.min(count, this.#sent);
    this.#removed += count;
    if (this.#events.length === 0) this.#latest.clear();
  }

  /** Removes one event that the service refused. */
  remove(index: number): QueuedEvent | undefined {
    const [event] = this.#events.splice(index, 1);
    if (!event) return undefined;
    this.#forget(event);
    this.#removed += 1;
    if (index < this.#sent) this.#sent -= 1;
    return event;
  }

  #push(report: Report): QueuedEvent {
    this.#outputChars += costOf(report);
    const event = { time: this.#now(), id: uuidv7(), ...report };
    this.#events.push(event);
    return event;
  }

  #forget(event: QueuedEvent): void {
    this.#outputChars -= costOf(event);
  }

  /** Replaces an older event that it makes obsolete, if there is one. */
  #replace(report: Report): QueuedEvent | undefined {
    const key = latestWinsKey(report);
    if (key === undefined) return undefined;
    const at = (this.#latest.get(key) ?? -1) - this.#removed;
    const older = this.#events[at];
    if (!older || at < this.#sent) {
      this.#latest.set(key, this.#removed + this.#events.length);
      return undefined;
    }
    const event = { time: this.#now(), ...report, id: older.id };
    this.#events[at] = event;
    return event;
  }

  #noteDropped({ agent, run }: Report): QueuedEvent[] {
    const chars = run === undefined ? undefined : this.#droppedChars.get(run);
    if (run === undefined || chars === undefined) return [];
    this.#droppedChars.delete(run);
    const text = `\n[agentlight] ${chars.toLocaleString('en')} characters of output are missing here: the service could not be reached for too long.\n`;
    return [this.#push({ type: 'run.output', agent, run, data: { stream: 'stderr', text } })];
  }
}

function costOf(report: Report): number {
  return report.type === 'run.output' ? report.data.text.length + OVERHEAD_CHARS : 0;
}
