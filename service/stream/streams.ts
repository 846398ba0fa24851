/**
 * All open streams of this process: turns what the log tells into bytes, and keeps readers fed and alive.
 */
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { formatCursor } from '../../protocol/cursor.ts';
import type { LogEvent } from '../../protocol/event.ts';
import type { Bye, Snapshot, SnapshotReason } from '../../protocol/wire.ts';
import type { Sql } from '../database/connect.ts';
import type { Log } from '../log/log.ts';
import type { LogFilter } from '../log/store.ts';
import { PAGE_EVENTS, readPage } from '../log/store.ts';
import type { Reader } from './channel.ts';
import { Channel } from './channel.ts';
import { EVERYTHING, filterKey, matches, restrictFleet } from './filter.ts';
import { controlFrame, eventFrame, heartbeatFrame } from './frame.ts';
import type { StartPoint } from './start-point.ts';

/** A channel with a filter keeps little: its readers are few, and the database has the rest. */
const FILTERED_RING_BYTES = 262_144;
const FILTERED_SLAB_BYTES = 32_768;
const MAIN_SLAB_BYTES = 1_048_576;

/** How a stream began: out of memory, out of the database, or with the state and why. */
export type StreamBeginning = 'ring' | 'database' | SnapshotReason;

/** Told at the edge of the streams, for metrics; never once for each reader and event. */
export interface StreamsObserver {
  /** What was stored has been written to every reader that takes it. */
  fannedOut(durationMs: number): void;
  began(from: StreamBeginning): void;
  /** A reader was closed as it took nothing. */
  stuck(): void;
}

export interface StreamsState {
  readonly open: number;
  /** Take nothing right now. */
  readonly blocked: number;
  /** Fed from the database. */
  readonly behind: number;
  readonly deliveredEvents: number;
  readonly deliveredBytes: number;
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

export interface OpenOptions {
  readonly socket: Socket;
  readonly filter: LogFilter;
  readonly start: StartPoint;
  readonly once: boolean;
}

export class Streams {
  readonly #log: Log;
  readonly #sql: Sql;
  readonly #logger: Logger;
  readonly #stuckReaderMs: number;
  readonly #bufferBytes: number;
  readonly #nowMs: () => number;
  readonly #observer: StreamsObserver | undefined;
  #main: Channel;
  readonly #filtered = new Map<string, Channel>();
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: readonly (() => void)[];
  /** What channels delivered that are no more. */
  readonly #retired = { events: 0, bytes: 0 };
  #pumpScheduled = false;
  #closed = false;
  #snapshot: { seq: number; frame: string } | undefined;

  constructor(options: StreamsOptions) {
    this.#log = options.log;
    this.#sql = options.sql;
    this.#logger = options.logger;
    this.#stuckReaderMs = options.stuckReaderMs;
    this.#bufferBytes = options.bufferBytes;
    this.#nowMs = options.nowMs;
    this.#observer = options.observer;
    this.#main = this.#makeChannel(EVERYTHING, options.bufferBytes, MAIN_SLAB_BYTES);
    this.#stopListening = [
      this.#log.listen((events) => this.#publish(events)),
      this.#log.onGap(() => this.#startAnew()),
    ];
    this.#timer = setInterval(() => this.#beat(), options.heartbeatMs);
  }

  /** Open streams. */
  get count(): number {
    let count = this.#main.readers.length;
    for (const { readers } of this.#filtered.values()) count += readers.length;
    return count;
  }

  /** For metrics: looks at every reader, so not for every request. */
  state(): StreamsState {
    let [open, blocked, behind] = [0, 0, 0];
    let [deliveredEvents, deliveredBytes] = [this.#retired.events, this.#retired.bytes];
    for (const channel of this.#channels()) {
      deliveredEvents += channel.deliveredEvents;
      deliveredBytes += channel.deliveredBytes;
      for (const reader of channel.readers) {
        open += 1;
        if (reader.blockedSinceMs !== undefined) blocked += 1;
        else if (reader.offset === undefined) behind += 1;
      }
    }
    return { open, blocked, behind, deliveredEvents, deliveredBytes };
  }

  /** Feeds `socket`, whose response headers and `hello` have been written, until either side closes it. */
  open({ socket, filter, start, once }: OpenOptions): Reader {
    const channel = this.#channelFor(filter);
    const seq = start.kind === 'resume' ? start.afterSeq : this.#log.fleet.seq;
    const reader = channel.add(socket, seq, once);
    socket.on('drain', () => this.#drained(reader));
    socket.once('close', () => this.#forget(reader));
    const isInRing = channel.ring.offsetAfter(seq) !== undefined;
    this.#observer?.began(
      start.kind === 'snapshot' ? start.reason : isInRing ? 'ring' : 'database',
    );
    if (start.kind === 'snapshot') {
      channel.send(reader, this.#snapshotFrame(filter, start.reason));
    }
    if (this.#closed) this.end(reader, { reason: 'shutdown', retryMs: 0 });
    else this.#feed(reader);
    return reader;
  }

  /** Closes one stream on purpose; its reader's cursor stays good. */
  end(reader: Reader, bye: Bye): void {
    reader.channel.end(reader, bye);
    this.#forget(reader);
  }

  /** Says good-bye to everybody, each with another time to come back, spread over `spreadMs`. */
  close(spreadMs: number, random: () => number): void {
    clearInterval(this.#timer);
    this.#closed = true;
    for (const stop of this.#stopListening) stop();
    for (const channel of this.#channels()) {
      channel.pumpAll();
      for (const reader of [...channel.readers]) {
        channel.end(reader, { reason: 'shutdown', retryMs: Math.round(random() * spreadMs) });
      }
    }
  }

  *#channels(): Iterable<Channel> {
    yield this.#main;
    yield* this.#filtered.values();
  }

  #channelFor(filter: LogFilter): Channel {
    const key = filterKey(filter);
    if (key === MAIN_KEY) return this.#main;
    let channel = this.#filtered.get(key);
    if (!channel) {
      channel = this.#makeChannel(filter, FILTERED_RING_BYTES, FILTERED_SLAB_BYTES);
      this.#filtered.set(key, channel);
    }
    return channel;
  }

  #makeChannel(filter: LogFilter, ringBytes: number, slabBytes: number): Channel {
    return new Channel({
      filter,
      ringBytes,
      slabBytes,
      headSeq: this.#log.fleet.seq,
      onBehind: (reader) => this.#feed(reader),
      nowMs: this.#nowMs,
    });
  }

  #publish(events: readonly LogEvent[]): void {
    for (const event of events) {
      let frame: string | undefined;
      for (const channel of this.#channels()) {
        if (!matches(channel.filter, event)) continue;
        frame ??= eventFrame(this.#log.epoch, event);
        channel.ring.append(event.seq, frame);
      }
    }
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    const publishedMs = this.#nowMs();
    // what arrives while this turn lasts goes out in the same write: batches by itself as the rate rises
    setImmediate(() => {
      this.#pumpScheduled = false;
      for (const channel of this.#channels()) channel.pumpAll();
      this.#observer?.fannedOut(this.#nowMs() - publishedMs);
    });
  }

  /** What lies between what we had and what we have now is nowhere any more: readers come back for the state. */
  #startAnew(): void {
    const abandoned = [...this.#channels()];
    this.#filtered.clear();
    this.#main = this.#makeChannel(EVERYTHING, this.#bufferBytes, MAIN_SLAB_BYTES);
    for (const channel of abandoned) {
      for (const reader of [...channel.readers]) {
        channel.end(reader, { reason: 'behind', retryMs: 0 });
      }
    }
  }

  #drained(reader: Reader): void {
    reader.blockedSinceMs = undefined;
    reader.channel.pump(reader);
  }

  #forget(reader: Reader): void {
    const { channel } = reader;
    channel.remove(reader);
    const key = filterKey(channel.filter);
    if (channel.readers.length === 0 && this.#filtered.get(key) === channel) {
      this.#filtered.delete(key);
      this.#retired.events += channel.deliveredEvents;
      this.#retired.bytes += channel.deliveredBytes;
    }
  }

  /** Sends a reader on from its cursor: out of the ring, or else from the database until the ring has it. */
  #feed(reader: Reader): void {
    const offset = reader.channel.ring.offsetAfter(reader.cursorSeq);
    if (offset !== undefined) {
      reader.offset = offset;
      reader.channel.pump(reader);
      return;
    }
    this.#feedFromDatabase(reader).catch((error: unknown) => {
      this.#logger.warn({ err: error }, 'replay failed; the reader will come back');
      reader.socket.destroy();
    });
  }

  async #feedFromDatabase(reader: Reader): Promise<void> {
    const { channel } = reader;
    while (!reader.closed && channel.ring.offsetAfter(reader.cursorSeq) === undefined) {
      const headSeq = this.#log.fleet.seq;
      const { events, floor } = await readPage(this.#sql, reader.cursorSeq, channel.filter);
      if (reader.cursorSeq < floor) {
        reader.cursorSeq = this.#log.fleet.seq;
        channel.send(reader, this.#snapshotFrame(channel.filter, 'expired'));
        continue;
      }
      channel.send(reader, events.map((event) => eventFrame(this.#log.epoch, event)).join(''));
      const lastSeq = events.at(-1)?.seq ?? 0;
      reader.cursorSeq = events.length < PAGE_EVENTS ? Math.max(lastSeq, headSeq) : lastSeq;
      if (reader.blockedSinceMs !== undefined) await drainedOrClosed(reader.socket);
    }
    if (!reader.closed) this.#feed(reader);
  }

  #snapshotFrame(filter: LogFilter, reason: SnapshotReason): string {
    const { fleet } = this.#log;
    const whole = filterKey(filter) === MAIN_KEY && reason === 'new';
    if (whole && this.#snapshot?.seq === fleet.seq) return this.#snapshot.frame;
    const cursor = formatCursor({ epoch: this.#log.epoch, seq: fleet.seq });
    const time = new Date().toISOString();
    const snapshot: Snapshot = { cursor, reason, time, fleet: restrictFleet(fleet, filter) };
    const frame = controlFrame('snapshot', snapshot, cursor);
    if (whole) this.#snapshot = { seq: fleet.seq, frame };
    return frame;
  }

  /** Shows life, moves the cursors of readers that have everything, and gives up on those that are stuck. */
  #beat(): void {
    const headSeq = this.#log.fleet.seq;
    const cursor = formatCursor({ epoch: this.#log.epoch, seq: headSeq });
    const withCursor = Buffer.from(heartbeatFrame(cursor));
    const bare = Buffer.from(heartbeatFrame());
    const stuckBeforeMs = this.#nowMs() - this.#stuckReaderMs;
    for (const channel of this.#channels()) {
      for (const reader of [...channel.readers]) {
        if (reader.blockedSinceMs !== undefined) {
          if (reader.blockedSinceMs < stuckBeforeMs) this.#giveUp(reader);
          continue;
        }
        if (reader.offset === channel.ring.end) {
          reader.cursorSeq = headSeq;
          channel.send(reader, withCursor);
        } else {
          channel.send(reader, bare);
        }
      }
    }
  }

  #giveUp(reader: Reader): void {
    this.#observer?.stuck();
    this.#logger.info({ cursorSeq: reader.cursorSeq }, 'closed a reader that takes nothing');
    reader.socket.destroy();
    this.#forget(reader);
  }
}

const MAIN_KEY = filterKey(EVERYTHING);

function drainedOrClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
    if (socket.destroyed || !socket.writableNeedDrain) done();
  });
}
