/**
 * Follows one stream of the service for as long as it is wanted.
 *
 *   connecting ──answered──▶ open ──closed, silent or broken──▶ waiting ──▶ connecting …
 *       └──────failed, may pass──────────────────────────────────▲
 *
 * It resumes behind the last `id:` that it saw, comes back by itself with growing waits, and takes an open
 * but silent connection for a dead one. It ends when it is closed, or replaced by a newer connection.
 */
import { createParser } from 'eventsource-parser';
import type { LogEvent } from '../../../protocol/events/event.ts';
import { envelopeSchema } from '../../../protocol/wire/envelope.ts';
import type { Bye, Hello, Snapshot } from '../../../protocol/wire/messages.ts';
import {
  CONTROL,
  helloSchema,
  PROTOCOL_VERSION,
  snapshotSchema,
} from '../../../protocol/wire/messages.ts';
import { backoffMs } from './backoff.ts';
import { Pause } from './pause.ts';
import { isPassing, UnreachableError } from './service-error.ts';

/** A connection that stood this long was a good one: the next wait starts small again. */
const STABLE_MS = 10_000;
/** So many heartbeats may be missing, in a row, before the connection counts as dead. */
const MISSED_HEARTBEATS = 2.5;
/** Until the first message says how often there are heartbeats. */
const FIRST_MESSAGE_MS = 10_000;

export interface EventStreamOptions {
  /** Opens a connection behind `cursor`. */
  readonly open: (cursor: string | undefined, signal: AbortSignal) => Promise<Response>;
  readonly onHello: (hello: Hello) => void;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Types of a newer service come through as well. */
  readonly onEvent: (event: LogEvent) => void;
  /** The connection is gone or did not come about; the next try is in `retryMs`. */
  readonly onDown: (error: Error, retryMs: number) => void;
}

export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #pause = new Pause();
  #connection = new AbortController();
  #cursor: string | undefined;
  #bye: Bye | undefined;
  #failures = 0;
  #closed = false;

  constructor(options: EventStreamOptions) {
    this.#options = options;
  }

  /**
   * @returns why it ended.
   * @throws ProblemError for a refusal that trying again can't change, such as a revoked token.
   */
  async run(): Promise<'closed' | 'replaced'> {
    while (!this.#closed) {
      const beganAtMs = performance.now();
      const error = await this.#follow(this.#begin()).catch((reason: unknown) => reason);
      if (this.#closed) break;
      if (this.#bye?.reason === 'replaced') return 'replaced';
      if (!isPassing(error)) throw error;
      if (performance.now() - beganAtMs >= STABLE_MS) this.#failures = 0;
      const retryMs = this.#bye?.retryMs ?? backoffMs(this.#failures, Math.random, error);
      this.#failures += 1;
      const waited = this.#pause.wait(retryMs);
      this.#options.onDown(error as Error, retryMs);
      await waited;
    }
    return 'closed';
  }

  /** Gives up the present connection for another one. */
  drop(): void {
    this.#connection.abort(new UnreachableError('The connection was given up.'));
  }

  /** If it is waiting before the next try: waits no longer. */
  hurry(): void {
    this.#pause.end();
  }

  /** When the present connection ends, no other is made. */
  beLast(): void {
    this.#closed = true;
  }

  close(): void {
    this.#closed = true;
    this.drop();
    this.hurry();
  }

  #begin(): AbortController {
    this.#connection = new AbortController();
    this.#bye = undefined;
    return this.#connection;
  }

  /** Always rejects: with why the connection ended. */
  async #follow(connection: AbortController): Promise<never> {
    const { signal } = connection;
    const response = await this.#options.open(this.#cursor, signal);
    if (!response.body) throw new UnreachableError('The stream has no body.');
    const watchdog = new Watchdog(connection);
    try {
      const parser = createParser({
        onId: (id) => {
          if (id !== '') this.#cursor = id;
        },
        onEvent: ({ event, data }) => this.#dispatch(event, JSON.parse(data), watchdog),
      });
      const decoder = new TextDecoder();
      for await (const chunk of chunksOf(response.body, signal)) {
        watchdog.seen();
        parser.feed(decoder.decode(chunk, { stream: true }));
        if (this.#bye) break;
      }
    } finally {
      watchdog.stop();
    }
    throw new UnreachableError(
      this.#bye ? `The service closed the stream (${this.#bye.reason}).` : 'The connection ended.',
    );
  }

  #dispatch(name: string | undefined, data: unknown, watchdog: Watchdog): void {
    switch (name) {
      case CONTROL.hello: {
        const hello = helloSchema.parse(data);
        if (hello.protocol > PROTOCOL_VERSION) {
          throw new Error(
            `The service speaks protocol ${hello.protocol}, this program ${PROTOCOL_VERSION}. Update this program.`,
          );
        }
        watchdog.expectEvery(hello.heartbeatMs);
        this.#options.onHello(hello);
        return;
      }
      case CONTROL.snapshot:
        snapshotSchema.parse(data);
        this.#options.onSnapshot(data as Snapshot);
        return;
      case CONTROL.bye:
        this.#bye = data as Bye;
        return;
      case undefined:
        if (envelopeSchema.safeParse(data).success) this.#options.onEvent(data as LogEvent);
    }
  }
}

/** @throws the reason of `signal`, or UnreachableError when the connection broke. */
async function* chunksOf(body: ReadableStream<Uint8Array>, signal: AbortSignal) {
  try {
    yield* body;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new UnreachableError('The connection broke.', { cause: error });
  }
}

/** Ends a connection on which nothing comes any more, not even heartbeats. */
class Watchdog {
  readonly #connection: AbortController;
  #timer: NodeJS.Timeout;

  constructor(connection: AbortController) {
    this.#connection = connection;
    this.#timer = this.#start(FIRST_MESSAGE_MS);
  }

  expectEvery(heartbeatMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start(heartbeatMs * MISSED_HEARTBEATS);
  }

  seen(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(silenceMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const reason = `Nothing came for ${silenceMs / 1_000} s, not even a heartbeat.`;
      this.#connection.abort(new UnreachableError(reason));
    }, silenceMs);
  }
}
