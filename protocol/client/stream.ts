/**
 * One connection to an event stream, as batches: what one piece from the network held.
 *
 * Everything is checked as it comes in. Events of unknown types are passed on, as the fold ignores them.
 */
import { createParser } from 'eventsource-parser';
import * as z from 'zod/mini';
import type { LogEvent } from '../events/event.ts';
import { envelopeSchema } from '../wire/envelope.ts';
import type { Bye, Hello, Snapshot } from '../wire/messages.ts';
import { CONTROL, helloSchema, PROTOCOL_VERSION, snapshotSchema } from '../wire/messages.ts';
import type { Client } from './client.ts';
import { notAgentlight, parseJson, ServiceError } from './errors.ts';
import type { Platform } from './platform.ts';

export interface StreamBatch {
  readonly hello?: Hello;
  /** The state before `events`. */
  readonly snapshot?: Snapshot;
  readonly events: readonly LogEvent[];
  /** Where to resume; moves without events, too. */
  readonly cursor?: string;
  readonly bye?: Bye;
  /** The batch was polled, and is up to this old: the stream does not get through. */
  readonly delayMs?: number;
}

export interface StreamRequest {
  /** With its query. Default: `/v1/stream`. */
  readonly path?: string;
  /** Where to resume. Default: with a snapshot. */
  readonly cursor?: string | undefined;
  /** Closes it. */
  readonly signal: AbortSignal;
  /** Ends when everything up to now is read; nothing on the way can hold that back. Default: false. */
  readonly once?: boolean;
}

/** A connection counts as dead after this many heartbeats without a byte. */
const MISSED_HEARTBEATS = 2.5;
/** Until `hello` says how often there are heartbeats. */
const FIRST_ANSWER_MS = 10_000;

/**
 * Ends by itself only with `once`.
 *
 * @throws ServiceError when it does not come about, breaks, falls silent, or the service closes it; the reason of
 *   `signal`.
 */
export async function* readStream(
  client: Client,
  { path = '/v1/stream', cursor, signal, once = false }: StreamRequest,
): AsyncGenerator<StreamBatch, void> {
  const silence = new Silence(client, signal);
  try {
    const query = once ? `${path.includes('?') ? '&' : '?'}once=1` : '';
    const response = await client.open(path + query, cursor, silence.signal);
    const reader = new BatchReader(client.url);
    for await (const bytes of readBody(response, client.url, silence.signal)) {
      const batch = reader.read(bytes);
      if (batch.hello) silence.limitMs = batch.hello.heartbeatMs * MISSED_HEARTBEATS;
      silence.broken();
      yield batch;
      if (batch.bye) throw errorOfBye(client.url, batch.bye);
    }
    if (!once) throw broken(client.url, 'The connection ended.');
  } finally {
    silence.end();
  }
}

/** @throws ServiceError for an older or newer service than this client was made for. */
function checkProtocol(url: string, { protocol, service }: Hello): void {
  if (protocol === PROTOCOL_VERSION) return;
  const [kind, age, what] =
    protocol < PROTOCOL_VERSION
      ? (['older-service', 'old', 'the service'] as const)
      : (['newer-service', 'new', 'this program'] as const);
  const versions = `${service.version} speaks protocol ${protocol}, and this program ${PROTOCOL_VERSION}`;
  const message = `The service is too ${age} for this program (${versions}). Update ${what}.`;
  throw new ServiceError(kind, message, { url });
}

/** A newer service may have other reasons. */
const byeSchema = z.looseObject({ reason: z.string(), retryMs: z.number() });

function errorOfBye(url: string, { reason, retryMs }: Bye): ServiceError {
  if (reason === 'token-revoked') {
    return new ServiceError('unauthorized', 'The token was revoked. Pair again.', { url });
  }
  const message = `The service closed the stream (${reason}).`;
  const kind = reason === 'replaced' ? 'replaced' : 'unavailable';
  return new ServiceError(kind, message, { url, retryAfterMs: retryMs });
}

function broken(url: string, message: string, cause?: unknown): ServiceError {
  return new ServiceError('unreachable', message, { url, cause });
}

async function* readBody(response: Response, url: string, signal: AbortSignal) {
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const piece = await reader?.read();
      if (!piece || piece.done) return;
      yield piece.value;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw broken(url, 'The connection broke.', error);
  } finally {
    // whoever stops reading lets go of the connection; one that is broken can't be cancelled
    void reader?.cancel().catch(() => undefined);
  }
}

/** Turns bytes into batches. A message may begin in one piece and end in the next. */
class BatchReader {
  readonly #url: string;
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({
    onId: (id) => {
      if (id !== '') this.#batch.cursor = id;
    },
    onEvent: ({ event, data }) => this.#add(event, parseJson(data)),
  });
  #batch: { -readonly [K in keyof StreamBatch]: StreamBatch[K] } & { events: LogEvent[] } = {
    events: [],
  };

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws ServiceError. */
  read(bytes: Uint8Array): StreamBatch {
    this.#batch = { events: [] };
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    return this.#batch;
  }

  #add(name: string | undefined, data: unknown): void {
    switch (name) {
      case undefined:
        if (envelopeSchema.safeParse(data).success) this.#batch.events.push(data as LogEvent);
        return;
      case CONTROL.hello: {
        const hello = this.#checked(helloSchema, data) as Hello;
        checkProtocol(this.#url, hello);
        this.#batch.hello = hello;
        return;
      }
      case CONTROL.snapshot:
        this.#batch.snapshot = this.#checked(snapshotSchema, data) as Snapshot;
        this.#batch.events = [];
        return;
      case CONTROL.bye:
        this.#batch.bye = this.#checked(byeSchema, data) as Bye;
        return;
      default:
        // a control message of a newer service
        return;
    }
  }

  #checked(schema: z.ZodMiniType, data: unknown): unknown {
    if (schema.safeParse(data).success) return data;
    throw notAgentlight(this.#url);
  }
}

/** Aborts a connection on which nothing comes any more, not even heartbeats. */
class Silence {
  limitMs = FIRST_ANSWER_MS;
  readonly signal: AbortSignal;
  readonly #url: string;
  readonly #platform: Platform;
  readonly #abort = new AbortController();
  #cancel: (() => void) | undefined;

  constructor({ url, platform }: Client, signal: AbortSignal) {
    this.#url = url;
    this.#platform = platform;
    this.signal = AbortSignal.any([signal, this.#abort.signal]);
    this.broken();
  }

  broken(): void {
    this.end();
    this.#cancel = this.#platform.schedule(() => this.#giveUp(), this.limitMs);
  }

  end(): void {
    this.#cancel?.();
  }

  #giveUp(): void {
    const message = `Nothing came for ${this.limitMs / 1_000} s, not even a heartbeat.`;
    this.#abort.abort(new ServiceError('silent', message, { url: this.#url }));
  }
}
