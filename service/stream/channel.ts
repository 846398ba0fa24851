/**
 * One filter, its ring of encoded events, and how the readers that share them are fed.
 *
 * A reader is a cursor and a socket. It is sent what lies between its offset and the ring's end, in one
 * write when its turn comes, and only while its socket is drained: there is no queue per reader, so
 * nothing can overflow. One that fell out of the ring goes on from the database.
 */
import type { Socket } from 'node:net';
import type { Bye } from '../../protocol/wire/messages.ts';
import type { LogFilter } from '../log/store.ts';
import { descriptorOf, isClosed, writeDirectly } from './direct-write.ts';
import { byeFrame } from './frame.ts';
import type { Slice } from './ring.ts';
import { Ring } from './ring.ts';

/** Whether the other side watches, in a browser or elsewhere, or holds its command stream. */
export type ReaderKind = 'browser' | 'watcher' | 'runner';

export interface Reader {
  readonly socket: Socket;
  readonly kind: ReaderKind;
  readonly channel: Channel;
  /** Known while nothing waits in the socket: what is sent goes straight to the kernel. */
  descriptor: number | undefined;
  /** Everything up to here has been handed to the socket. */
  cursorSeq: number;
  /** Where it reads in the channel's ring; `undefined` while it is fed from the database. */
  offset: number | undefined;
  /** Since when its socket takes nothing, by the monotonic clock; `undefined` while it does. */
  blockedSinceMs: number | undefined;
  /** Ends as soon as it has caught up. */
  readonly once: boolean;
  closed: boolean;
}

/** What was handed to sockets so far, once for each reader; one object for all channels. */
export interface Delivered {
  events: number;
  bytes: number;
}

/** Whole frames; those of the ring have to be held. */
type Deliverable = Pick<Slice, 'bytes' | 'events'> & Partial<Pick<Slice, 'hold'>>;

export interface ChannelOptions {
  readonly filter: LogFilter;
  readonly ringBytes: number;
  readonly slabBytes: number;
  /** Head of the log when the channel begins. */
  readonly headSeq: number;
  /** Feeds a reader whose next event is not in the ring. */
  readonly onBehind: (reader: Reader) => void;
  readonly delivered: Delivered;
  readonly nowMs: () => number;
}

export class Channel {
  readonly filter: LogFilter;
  readonly ring: Ring;
  readonly #onBehind: (reader: Reader) => void;
  readonly #delivered: Delivered;
  readonly #nowMs: () => number;
  #readers = 0;
  /** The view that most readers need next, made once. */
  #shared: { offset: number; end: number; slice: Slice } | undefined;

  constructor(options: ChannelOptions) {
    const { filter, ringBytes, slabBytes, headSeq, onBehind, delivered, nowMs } = options;
    this.filter = filter;
    this.ring = new Ring({ maxBytes: ringBytes, slabBytes, afterSeq: headSeq });
    this.#onBehind = onBehind;
    this.#delivered = delivered;
    this.#nowMs = nowMs;
  }

  /** Whether nobody reads here. */
  get isEmpty(): boolean {
    return this.#readers === 0;
  }

  add(reader: Pick<Reader, 'socket' | 'kind' | 'cursorSeq' | 'once'>): Reader {
    const { socket, kind, cursorSeq, once } = reader;
    this.#readers += 1;
    return {
      socket,
      kind,
      channel: this,
      descriptor: undefined,
      cursorSeq,
      offset: undefined,
      blockedSinceMs: undefined,
      once,
      closed: false,
    };
  }

  /** Forgets a reader whose socket is closed. */
  remove(reader: Reader): void {
    if (reader.closed) return;
    reader.closed = true;
    this.#readers -= 1;
  }

  /** Sends a reader what it has not got yet. */
  pump(reader: Reader): void {
    while (reader.offset !== undefined && reader.blockedSinceMs === undefined && !reader.closed) {
      if (reader.offset === this.ring.end) {
        if (reader.once) this.end(reader);
        return;
      }
      const slice = this.#read(reader.offset);
      if (!slice) {
        reader.offset = undefined;
        this.#onBehind(reader);
        return;
      }
      reader.offset += slice.bytes.length;
      reader.cursorSeq = slice.lastSeq;
      this.deliver(reader, slice);
    }
  }

  /** Hands over whole frames of events. */
  deliver(reader: Reader, { bytes, events, hold }: Deliverable): void {
    this.#delivered.events += events;
    this.#delivered.bytes += bytes.length;
    this.send(reader, bytes, hold);
  }

  /**
   * Hands bytes to the socket and notes whether it can take more.
   *
   * @param hold for bytes whose memory is used again: keeps them while they wait in the socket.
   */
  send(reader: Reader, bytes: Buffer, hold?: Slice['hold']): void {
    const { socket } = reader;
    if (reader.closed || isClosed(socket)) return;
    if (reader.descriptor === undefined && socket.writableLength === 0) {
      reader.descriptor = descriptorOf(socket);
    }
    const { descriptor } = reader;
    const taken = descriptor === undefined ? 0 : writeDirectly(descriptor, bytes);
    if (taken === bytes.length) return;
    reader.descriptor = undefined;
    if (!socket.write(bytes.subarray(taken), hold?.())) reader.blockedSinceMs = this.#nowMs();
  }

  /** Says good-bye, if the socket takes it, and closes. */
  end(reader: Reader, bye?: Bye): void {
    if (bye && reader.blockedSinceMs === undefined) {
      this.send(reader, Buffer.from(byeFrame(bye)));
    }
    this.remove(reader);
    reader.socket.end();
    if (reader.blockedSinceMs !== undefined) reader.socket.destroy();
  }

  #read(offset: number): Slice | undefined {
    const shared = this.#shared;
    if (shared?.offset === offset && shared.end === this.ring.end) return shared.slice;
    const slice = this.ring.read(offset);
    if (slice) this.#shared = { offset, end: this.ring.end, slice };
    return slice;
  }
}
