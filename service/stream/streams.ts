/** All open streams of this process: encodes what the log publishes, writes it to the readers, and watches over them. */
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { formatCursor } from '../../protocol/wire/cursor.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Bye, Snapshot, SnapshotReason } from '../../protocol/wire/messages.ts';
import type { Sql } from '../database/connect.ts';
import type { Log } from '../log/log.ts';
import type { LogFilter } from '../log/store.ts';
import { PAGE_EVENTS, readPage } from '../log/store.ts';
import { Channel } from './channel.ts';
import { EVERYTHING, filterKey, matchesFilter, restrictFleet } from './filter.ts';
import { controlFrame, eventFrame, heartbeatFrame } from './frame.ts';
import type { Delivered, ReaderContext, ReaderKind, Replaying } from './reader.ts';
import { Reader } from './reader.ts';
import type { StartPoint } from './start-point.ts';

const MAIN_SLAB_BYTES = 1_048_576;
/** A channel with a filter has few readers, who find older events in the database. */
const FILTERED_RING_BYTES = 262_144;
const FILTERED_SLAB_BYTES = 32_768;
const MAIN_KEY = filterKey(EVERYTHING);

/** Called by the streams for metrics, never once for each reader and event. */
export interface StreamsObserver {
  /** After everything that was published has been written to each reader that follows. */
  fannedOut(durationMs: number): void;
  /** When a reader continues after its cursor, from memory or from the database. */
  replayed(source: 'ring' | 'database'): void;
  /** When a reader is sent the fleet. */
  snapshot(reason: SnapshotReason): void;
  /** When a reader is closed because it takes nothing. */
  stuck(): void;
}

/** How many readers follow, take nothing right now, or are sent pages from the database. */
export interface ReaderCounts {
  following: number;
  blocked: number;
  behind: number;
}

export interface StreamsState {
  /** Streams without a filter, with a filter, and held by runners. */
  readonly open: Readonly<Record<'main' | 'filtered' | 'runner', Readonly<ReaderCounts>>>;
  /** Since the start of the process. */
  readonly delivered: Readonly<Delivered>;
}

export interface StreamsOptions {
  readonly log: Log;
  readonly sql: Sql;
  readonly logger: Logger;
  readonly heartbeatMs: number;
  readonly stuckReaderMs: number;
  readonly bufferBytes: number;
  readonly observer?: StreamsObserver | undefined;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export interface OpenStreamOptions {
  readonly socket: Socket;
  readonly filter: LogFilter;
  readonly start: StartPoint;
  readonly once: boolean;
  readonly kind: ReaderKind;
}

export class Streams {
  readonly #options: StreamsOptions;
  readonly #log: Log;
  readonly #observer: StreamsObserver | undefined;
  readonly #context: ReaderContext;
  readonly #readers = new Set<Reader>();
  #main: Channel;
  readonly #filtered = new Map<string, Channel>();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #stopListening: readonly (() => void)[];
  /** When the oldest event that still has to be written was published, and what will write it. */
  #flush: { readonly publishedMs: number; readonly immediate: NodeJS.Immediate } | undefined;
  #snapshot: { readonly seq: number; readonly frame: Buffer } | undefined;
  #closed = false;

  constructor(options: StreamsOptions) {
    const { log, observer, nowMs } = options;
    this.#options = options;
    this.#log = log;
    this.#observer = observer;
    this.#context = {
      replay: (reader, replaying) => this.#replay(reader, replaying),
      fellBehind: () => observer?.replayed('database'),
      delivered: { events: 0, bytes: 0 },
      nowMs,
    };
    this.#main = this.#createMain();
    this.#stopListening = [
      log.listen((events) => this.#publish(events)),
      log.onGap(() => this.#startAnew()),
    ];
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs);
  }

  /** Open streams. */
  get count(): number {
    return this.#readers.size;
  }

  /** Open streams of browsers. Visits every reader. */
  get browsers(): number {
    let count = 0;
    for (const { kind } of this.#readers) if (kind === 'browser') count += 1;
    return count;
  }

  /** For metrics. Visits every reader. */
  state(): StreamsState {
    const none = (): ReaderCounts => ({ following: 0, blocked: 0, behind: 0 });
    const open = { main: none(), filtered: none(), runner: none() };
    for (const { kind, channel, state } of this.#readers) {
      const watching = channel === this.#main ? open.main : open.filtered;
      const counts = kind === 'runner' ? open.runner : watching;
      if (state.kind === 'following' || state.kind === 'blocked') counts[state.kind] += 1;
      else counts.behind += 1;
    }
    return { open, delivered: this.#context.delivered };
  }

  /** Serves `socket`, to which the head of the response and `hello` have been written, until either side closes it. */
  open({ socket, filter, start, once, kind }: OpenStreamOptions): Reader {
    const channel = this.#channelFor(filter);
    const cursorSeq = start.kind === 'resume' ? start.afterSeq : this.#log.fleet.seq;
    const context = this.#context;
    const reader = new Reader({ socket, kind, channel, cursorSeq, once, context });
    this.#readers.add(reader);
    socket.on('close', () => this.#forget(reader));
    if (start.kind === 'snapshot') {
      this.#sendSnapshot(reader, start.reason);
    } else {
      const isInRing = channel.ring.offsetAfter(cursorSeq) !== undefined;
      this.#observer?.replayed(isInRing ? 'ring' : 'database');
    }
    if (this.#closed) this.end(reader, { reason: 'shutdown', retryMs: 0 });
    else reader.resume();
    return reader;
  }

  /** Closes a stream. Its client can continue from its cursor. */
  end(reader: Reader, bye: Bye): void {
    reader.end(bye);
    this.#forget(reader);
  }

  /** Closes all streams, and tells each client to come back at a random moment within `spreadMs`. */
  close(spreadMs: number, random: () => number): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    for (const stop of this.#stopListening) stop();
    this.#flushNow();
    for (const reader of this.#readers) {
      this.end(reader, { reason: 'shutdown', retryMs: Math.round(random() * spreadMs) });
    }
  }

  #channelFor(filter: LogFilter): Channel {
    const key = filterKey(filter);
    if (key === MAIN_KEY) return this.#main;
    let channel = this.#filtered.get(key);
    if (!channel) {
      channel = new Channel(filter, {
        maxBytes: FILTERED_RING_BYTES,
        slabBytes: FILTERED_SLAB_BYTES,
        afterSeq: this.#log.fleet.seq,
      });
      this.#filtered.set(key, channel);
    }
    return channel;
  }

  #createMain(): Channel {
    return new Channel(EVERYTHING, {
      maxBytes: this.#options.bufferBytes,
      slabBytes: MAIN_SLAB_BYTES,
      afterSeq: this.#log.fleet.seq,
    });
  }

  #forget(reader: Reader): void {
    const { channel } = reader;
    reader.close();
    this.#readers.delete(reader);
    if (channel.readers > 0) return;
    const key = filterKey(channel.filter);
    if (this.#filtered.get(key) === channel) this.#filtered.delete(key);
  }

  /**
   * Encodes the events, and writes them to the readers in the next turn of the event loop. By then the publishers have
   * their answers, and each reader is sent in one write what was published meanwhile.
   */
  #publish(events: readonly LogEvent[]): void {
    const frames: string[] = [];
    for (const { filter, ring } of [this.#main, ...this.#filtered.values()]) {
      for (const [index, event] of events.entries()) {
        if (!matchesFilter(filter, event)) continue;
        frames[index] ??= eventFrame(this.#log.epoch, event);
        ring.append(event.seq, frames[index]);
      }
    }
    this.#flush ??= {
      publishedMs: this.#options.nowMs(),
      immediate: setImmediate(() => this.#flushNow()),
    };
  }

  #flushNow(): void {
    if (!this.#flush) return;
    const { publishedMs, immediate } = this.#flush;
    clearImmediate(immediate);
    this.#flush = undefined;
    for (const reader of this.#readers) reader.flush();
    this.#observer?.fannedOut(this.#options.nowMs() - publishedMs);
  }

  /** The events between what the readers have and the new fleet are lost: the readers come back for the fleet. */
  #startAnew(): void {
    this.#filtered.clear();
    this.#main = this.#createMain();
    for (const reader of this.#readers) this.end(reader, { reason: 'behind', retryMs: 0 });
  }

  #replay(reader: Reader, replaying: Replaying): void {
    this.#sendPages(reader, replaying).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'replay failed; the reader will come back');
      reader.destroy();
    });
  }

  async #sendPages(reader: Reader, replaying: Replaying): Promise<void> {
    const { ring, filter } = reader.channel;
    while (reader.state === replaying && ring.offsetAfter(reader.cursorSeq) === undefined) {
      const headSeq = this.#log.fleet.seq;
      const page = await readPage(this.#options.sql, reader.cursorSeq, filter);
      if (reader.state !== replaying) return;
      if (reader.cursorSeq < page.floor) {
        reader.cursorSeq = this.#log.fleet.seq;
        this.#sendSnapshot(reader, 'expired');
        continue;
      }
      // what another instance appended, and this one does not know yet, will come through the ring
      const events = page.events.filter(({ seq }) => seq <= headSeq);
      const lastSeq = events.at(-1)?.seq ?? 0;
      reader.cursorSeq = events.length < PAGE_EVENTS ? Math.max(lastSeq, headSeq) : lastSeq;
      const frames = events.map((event) => eventFrame(this.#log.epoch, event)).join('');
      reader.sendEvents(Buffer.from(frames), events.length);
    }
    if (reader.state === replaying) reader.resume();
  }

  #sendSnapshot(reader: Reader, reason: SnapshotReason): void {
    this.#observer?.snapshot(reason);
    reader.send(this.#snapshotFrame(reader.channel.filter, reason));
  }

  /** The frame for new readers without a filter is kept: after a restart, thousands may want it at once. */
  #snapshotFrame(filter: LogFilter, reason: SnapshotReason): Buffer {
    const { fleet } = this.#log;
    const isCommon = filterKey(filter) === MAIN_KEY && reason === 'new';
    if (isCommon && this.#snapshot?.seq === fleet.seq) return this.#snapshot.frame;
    const cursor = formatCursor({ epoch: this.#log.epoch, seq: fleet.seq });
    const time = new Date().toISOString();
    const snapshot: Snapshot = { cursor, reason, time, fleet: restrictFleet(fleet, filter) };
    const frame = Buffer.from(controlFrame('snapshot', snapshot, cursor));
    if (isCommon) this.#snapshot = { seq: fleet.seq, frame };
    return frame;
  }

  /** Sends heartbeats, moves the cursors of readers that have everything, and closes readers that are stuck. */
  #beat(): void {
    const headSeq = this.#log.fleet.seq;
    const cursor = formatCursor({ epoch: this.#log.epoch, seq: headSeq });
    const withCursor = Buffer.from(heartbeatFrame(cursor));
    const withoutCursor = Buffer.from(heartbeatFrame());
    const stuckBeforeMs = this.#options.nowMs() - this.#options.stuckReaderMs;
    for (const reader of this.#readers) {
      if (reader.state.kind === 'blocked') {
        if (reader.state.sinceMs < stuckBeforeMs) this.#giveUp(reader);
      } else if (reader.hasCaughtUp) {
        reader.cursorSeq = headSeq;
        reader.send(withCursor);
      } else {
        reader.send(withoutCursor);
      }
    }
  }

  #giveUp(reader: Reader): void {
    this.#observer?.stuck();
    const { cursorSeq } = reader;
    this.#options.logger.info({ cursorSeq }, 'closed a reader that takes nothing');
    reader.destroy();
    this.#forget(reader);
  }
}
