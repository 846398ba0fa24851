/**
 * One open stream: a position in the log, and a socket that is sent what follows it.
 *
 *     state       leaves it when                           for
 *     replaying   the ring has what follows                following
 *                 the socket takes no more                 blocked
 *     following   the ring dropped what follows            replaying
 *                 the socket takes no more                 blocked
 *     blocked     the socket is drained                    the state before
 *     any         either side ends the stream              closed
 *
 * No reader has a queue: what follows its position is written only while its socket takes more. So a slow reader costs no
 * memory and loses nothing.
 */
import type { Socket } from 'node:net';
import type { Bye } from '../../protocol/wire/messages.ts';
import type { Channel } from './channel.ts';
import { byeFrame } from './frame.ts';

/** Who holds the stream: a browser, another program that watches, or a runner that waits for commands. */
export type ReaderKind = 'browser' | 'watcher' | 'runner';

/** Sent what follows `offset` in the ring, as soon as it is there. */
interface Following {
  readonly kind: 'following';
  readonly offset: number;
}

/** Sent pages from the database until the ring has what follows. Every stream begins like this. */
export interface Replaying {
  readonly kind: 'replaying';
}

/** Sent nothing until the socket is drained, when the state is `next`. */
interface Blocked {
  readonly kind: 'blocked';
  /** By the monotonic clock. */
  readonly sinceMs: number;
  readonly next: Following | Replaying;
}

interface Closed {
  readonly kind: 'closed';
}

export type ReaderState = Following | Replaying | Blocked | Closed;

/** Events and bytes of events written so far, counted once for each reader. */
export interface Delivered {
  events: number;
  bytes: number;
}

/** What all readers of a process share. */
export interface ReaderContext {
  /** Sends `reader` pages from the database, and `resume()`s it, for as long as its state is this `replaying`. */
  readonly replay: (reader: Reader, replaying: Replaying) => void;
  /** A reader that was following is too slow for the ring. */
  readonly fellBehind: () => void;
  readonly delivered: Delivered;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export interface ReaderOptions {
  readonly socket: Socket;
  readonly kind: ReaderKind;
  readonly channel: Channel;
  readonly cursorSeq: number;
  /** The stream ends when the reader has caught up. */
  readonly once: boolean;
  readonly context: ReaderContext;
}

export class Reader {
  readonly kind: ReaderKind;
  readonly channel: Channel;
  /** Everything of the filter up to this position has been written to the socket. */
  cursorSeq: number;
  readonly #socket: Socket;
  readonly #once: boolean;
  readonly #context: ReaderContext;
  #state: ReaderState = { kind: 'replaying' };

  constructor({ socket, kind, channel, cursorSeq, once, context }: ReaderOptions) {
    this.kind = kind;
    this.channel = channel;
    this.cursorSeq = cursorSeq;
    this.#socket = socket;
    this.#once = once;
    this.#context = context;
    channel.readers += 1;
    socket.on('drain', () => this.#drained());
  }

  get state(): ReaderState {
    return this.#state;
  }

  /** Whether the ring has nothing more for it. */
  get hasCaughtUp(): boolean {
    return this.#state.kind === 'following' && this.#state.offset === this.channel.ring.end;
  }

  /** Ends a replay, or the start: continues from the ring if it has what follows the cursor, else from the database. */
  resume(): void {
    if (this.#state.kind !== 'replaying') return;
    const offset = this.channel.ring.offsetAfter(this.cursorSeq);
    if (offset === undefined) {
      this.#replay();
      return;
    }
    this.#state = { kind: 'following', offset };
    this.flush();
  }

  /** Writes what the ring has for it, if it is following. */
  flush(): void {
    while (this.#state.kind === 'following') {
      if (this.hasCaughtUp) {
        if (this.#once) this.end();
        return;
      }
      const slice = this.channel.ring.read(this.#state.offset);
      if (!slice) {
        this.#context.fellBehind();
        this.#replay();
        return;
      }
      this.#state = { kind: 'following', offset: this.#state.offset + slice.bytes.length };
      this.cursorSeq = slice.lastSeq;
      this.sendEvents(slice.bytes, slice.events);
    }
  }

  /** Writes whole frames of events. */
  sendEvents(frames: Buffer, events: number): void {
    this.#context.delivered.events += events;
    this.#context.delivered.bytes += frames.length;
    this.send(frames);
  }

  /** Writes whole frames. The reader is blocked if its socket takes no more after them. */
  send(frames: Buffer): void {
    const state = this.#state;
    if (state.kind === 'closed' || this.#socket.write(frames) || state.kind === 'blocked') return;
    this.#state = { kind: 'blocked', sinceMs: this.#context.nowMs(), next: state };
  }

  /** Closes the stream, after `bye` if the socket still takes it. */
  end(bye?: Bye): void {
    if (this.#state.kind === 'closed') return;
    if (this.#state.kind === 'blocked') {
      this.#socket.destroy();
    } else {
      if (bye) this.#socket.write(byeFrame(bye));
      this.#socket.end();
    }
    this.close();
  }

  /** Breaks the connection. What the socket has not sent yet is lost, and the client comes back with its last cursor. */
  destroy(): void {
    this.#socket.destroy();
    this.close();
  }

  /** Notes that the connection is over. */
  close(): void {
    if (this.#state.kind === 'closed') return;
    this.#state = { kind: 'closed' };
    this.channel.readers -= 1;
  }

  #drained(): void {
    if (this.#state.kind !== 'blocked') return;
    const { next } = this.#state;
    if (next.kind === 'replaying') {
      this.#replay();
      return;
    }
    this.#state = next;
    this.flush();
  }

  #replay(): void {
    // a new object each time, so that an interrupted replay can see that it is no longer the current one
    const replaying: Replaying = { kind: 'replaying' };
    this.#state = replaying;
    this.#context.replay(this, replaying);
  }
}
