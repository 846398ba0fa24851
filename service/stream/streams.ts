/**
 * All open streams of this process: turns what the log tells into bytes, and keeps readers fed and alive.
 */
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { formatCursor } from '../../protocol/wire/cursor.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Bye, Snapshot, SnapshotReason } from '../../protocol/wire/messages.ts';
import type { Sql } from '../database/connect.ts';
import type { Log } from '../log/log.ts';
import type { LogFilter } from '../log/store.ts';
import { PAGE_EVENTS, readPage } from '../log/store.ts';
import type { Delivered, Reader, ReaderKind } from './channel.ts';
import { Channel } from './channel.ts';
import { FanOut } from './fan-out.ts';
import { EVERYTHING, filterKey, matches, restrictFleet } from './filter.ts';
import { controlFrame, eventFrame, heartbeatFrame } from './frame.ts';
import type { StartPoint } from './start-point.ts';

/** A channel with a filter keeps little: its readers are few, and the database has the rest. */
const FILTERED_RING_BYTES = 262_144;
const FILTERED_SLAB_BYTES = 32_768;
const MAIN_SLAB_BYTES = 1_048_576;

/** Told at the edge of the streams, for metrics; never once for each reader and event. */
export interface StreamsObserver {
  /** What was stored has been written to every reader that takes it; later events may have been, too. */
  fannedOut(durationMs: number): void;
  /** A reader goes on from its cursor, out of memory or out of the database. */
  replayed(source: 'ring' | 'database'): void;
  /** A reader was sent the state. */
  snapshot(reason: SnapshotReason): void;
  /** A reader was closed as it took nothing. */
  stuck(): void;
}

/** What readers do: follow, take nothing right now, or are fed from the database. */
export interface ReaderCounts {
  following: number;
  blocked: number;
  behind: number;
}

export interface StreamsState {
  /** Those without a filter, with one, and those that runners hold. */
  readonly open: Readonly<Record<'main' | 'filtered' | 'runner', Readonly<ReaderCounts>>>;
  /** Since the start; only ever grows. */
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

export interface OpenOptions {
  readonly socket: Socket;
  readonly filter: LogFilter;
  readonly start: StartPoint;
  readonly once: boolean;
  readonly kind: ReaderKind;
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
  readonly #fanOut: FanOut;
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: readonly (() => void)[];
  readonly #delivered: Delivered = { events: 0, bytes: 0 };
  #closed = false;
  #snapshot: { seq: number; frame: Buffer } | undefined;

  constructor(options: StreamsOptions) {
    this.#log = options.log;
    this.#sql = options.sql;
    this.#logger = options.logger;
    this.#stuckReaderMs = options.stuckReaderMs;
    this.#bufferBytes = options.bufferBytes;
    this.#nowMs = options.nowMs;
    this.#observer = options.observer;
    this.#fanOut = new FanOut(options.nowMs);
    this.#main = this.#makeChannel(EVERYTHING, options.bufferBytes, MAIN_SLAB_BYTES);
    this.#stopListening = [
      this.#log.listen((events) => this.#publish(events)),
      this.#log.onGap(() => this.#startAnew()),
    ];
    this.#timer = setInterval(() => this.#beat(), options.heartbeatMs);
  }

  /** Open streams. */
  get count(): number {
    return this.#fanOut.readers.size;
  }

  /** Open streams of browsers: looks at every reader, so not for every event. */
  get browsers(): number {
    let count = 0;
    for (const { kind } of this.#fanOut.readers) if (kind === 'browser') count += 1;
    return count;
  }

  /** For metrics: looks at every reader, so not for every request. */
  state(): StreamsState {
    const none = (): ReaderCounts => ({ following: 0, blocked: 0, behind: 0 });
    const open = { main: none(), filtered: none(), runner: none() };
    for (const { kind, channel, blockedSinceMs, offset } of this.#fanOut.readers) {
      const watching = channel === this.#main ? open.main : open.filtered;
      const counts = kind === 'runner' ? open.runner : watching;
      if (blockedSinceMs !== undefined) counts.blocked += 1;
      else if (offset === undefined) counts.behind += 1;
      else counts.following += 1;
    }
    return { open, delivered: this.#delivered };
  }

  /** Feeds `socket`, whose response headers and `hello` have been written, until either side closes it. */
  open({ socket, filter, start, once, kind }: OpenOptions): Reader {
    const channel = this.#channelFor(filter);
    const seq = start.kind === 'resume' ? start.afterSeq : this.#log.fleet.seq;
    const reader = channel.add({ socket, kind, cursorSeq: seq, once });
    this.#fanOut.add(reader);
    socket.on('drain', () => this.#drained(reader));
    socket.on('close', () => this.#forget(reader));
    if (start.kind === 'snapshot') this.#sendSnapshot(reader, start.reason);
    else if (channel.ring.offsetAfter(seq) !== undefined) this.#observer?.replayed('ring');
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
    this.#fanOut.finish();
    for (const reader of this.#fanOut.readers) {
      this.end(reader, { reason: 'shutdown', retryMs: Math.round(random() * spreadMs) });
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
      delivered: this.#delivered,
      nowMs: this.#nowMs,
    });
  }

  async #publish(events: readonly LogEvent[]): Promise<void> {
    const committedMs = this.#nowMs();
    this.#encode(events);
    await this.#fanOut.begin();
    this.#observer?.fannedOut(this.#nowMs() - committedMs);
  }

  #encode(events: readonly LogEvent[]): void {
    const frames: string[] = [];
    for (const { filter, ring } of this.#channels()) {
      for (const [index, event] of events.entries()) {
        if (!matches(filter, event)) continue;
        frames[index] ??= eventFrame(this.#log.epoch, event);
        ring.append(event.seq, frames[index]);
      }
    }
  }

  /** What lies between what we had and what we have now is nowhere any more: readers come back for the state. */
  #startAnew(): void {
    this.#filtered.clear();
    this.#main = this.#makeChannel(EVERYTHING, this.#bufferBytes, MAIN_SLAB_BYTES);
    for (const reader of this.#fanOut.readers) this.end(reader, { reason: 'behind', retryMs: 0 });
  }

  #drained(reader: Reader): void {
    reader.blockedSinceMs = undefined;
    reader.channel.pump(reader);
  }

  #forget(reader: Reader): void {
    const { channel } = reader;
    channel.remove(reader);
    this.#fanOut.remove(reader);
    if (channel === this.#main || !channel.isEmpty) return;
    const key = filterKey(channel.filter);
    if (this.#filtered.get(key) === channel) this.#filtered.delete(key);
  }

  /** Sends a reader on from its cursor: out of the ring, or else from the database until the ring has it. */
  #feed(reader: Reader): void {
    const offset = reader.channel.ring.offsetAfter(reader.cursorSeq);
    if (offset !== undefined) {
      reader.offset = offset;
      reader.channel.pump(reader);
      return;
    }
    this.#observer?.replayed('database');
    this.#feedFromDatabase(reader).catch((error: unknown) => {
      this.#logger.warn({ err: error }, 'replay failed; the reader will come back');
      reader.socket.destroy();
    });
  }

  async #feedFromDatabase(reader: Reader): Promise<void> {
    const { channel } = reader;
    while (!reader.closed && channel.ring.offsetAfter(reader.cursorSeq) === undefined) {
      const headSeq = this.#log.fleet.seq;
      const { events: found, floor } = await readPage(this.#sql, reader.cursorSeq, channel.filter);
      if (reader.cursorSeq < floor) {
        reader.cursorSeq = this.#log.fleet.seq;
        this.#sendSnapshot(reader, 'expired');
        continue;
      }
      // what another instance wrote, and we have not heard of yet, comes through the ring
      const events = found.filter(({ seq }) => seq <= headSeq);
      const frames = events.map((event) => eventFrame(this.#log.epoch, event)).join('');
      channel.deliver(reader, { bytes: Buffer.from(frames), events: events.length });
      const lastSeq = events.at(-1)?.seq ?? 0;
      reader.cursorSeq = events.length < PAGE_EVENTS ? Math.max(lastSeq, headSeq) : lastSeq;
      if (reader.blockedSinceMs !== undefined) await drainedOrClosed(reader.socket);
    }
    if (!reader.closed) this.#feed(reader);
  }

  #sendSnapshot(reader: Reader, reason: SnapshotReason): void {
    this.#observer?.snapshot(reason);
    reader.channel.send(reader, this.#snapshotFrame(reader.channel.filter, reason));
  }

  #snapshotFrame(filter: LogFilter, reason: SnapshotReason): Buffer {
    const { fleet } = this.#log;
    const whole = filterKey(filter) === MAIN_KEY && reason === 'new';
    if (whole && this.#snapshot?.seq === fleet.seq) return this.#snapshot.frame;
    const cursor = formatCursor({ epoch: this.#log.epoch, seq: fleet.seq });
    const time = new Date().toISOString();
    const snapshot: Snapshot = { cursor, reason, time, fleet: restrictFleet(fleet, filter) };
    const frame = Buffer.from(controlFrame('snapshot', snapshot, cursor));
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
    for (const reader of this.#fanOut.readers) {
      const { channel, blockedSinceMs, offset } = reader;
      if (blockedSinceMs !== undefined) {
        if (blockedSinceMs < stuckBeforeMs) this.#giveUp(reader);
      } else if (offset === channel.ring.end) {
        reader.cursorSeq = headSeq;
        channel.send(reader, withCursor);
      } else {
        channel.send(reader, bare);
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
