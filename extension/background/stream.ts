/**
 * One connection to a service's stream, as batches: what one piece from the network held.
 *
 * Everything is checked as it comes in; events of types that we don't know are passed on, as the fold ignores
 * them (forward compatibility).
 */
import { createParser } from 'eventsource-parser';
import { t } from '../i18n/common.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import { envelopeSchema } from '../../protocol/wire/envelope.ts';
import type { Bye, Hello, Snapshot } from '../../protocol/wire/messages.ts';
import {
  CONTROL,
  helloSchema,
  PROTOCOL_VERSION,
  snapshotSchema,
} from '../../protocol/wire/messages.ts';
import { ConnectionError, errorOf, networkError, RefusedError } from './failure.ts';

export interface Batch {
  readonly hello?: Hello;
  readonly snapshot?: Snapshot;
  readonly events: readonly LogEvent[];
  /** Where the service says we are; moves without events, too. */
  readonly cursor?: string;
  readonly bye?: Bye;
}

export interface StreamOptions {
  readonly url: string;
  readonly token: string;
  /** Where to go on; undefined for the beginning. */
  readonly cursor: string | undefined;
  /** Only this run, with its details. Default: everything but details. */
  readonly run?: string;
  readonly signal: AbortSignal;
}

/** So many heartbeats may be missing, in a row, before a connection counts as dead. */
const MISSED_HEARTBEATS = 2.5;
/** Until the service has said how often it shows life. */
const FIRST_ANSWER_MS = 10_000;

/**
 * Yields until the stream ends, which is never by itself.
 *
 * @throws ConnectionError when it did not come about, broke, fell silent, or the service closed it.
 */
export async function* openStream(options: StreamOptions): AsyncGenerator<Batch, never> {
  const silence = new Silence(options.signal);
  try {
    const response = await request(options, silence.signal, { ends: false });
    const reader = new BatchReader();
    for await (const bytes of readBody(response, options.url, silence)) {
      silence.broken();
      const batch = reader.read(bytes);
      if (batch.hello) silence.limitMs = batch.hello.heartbeatMs * MISSED_HEARTBEATS;
      yield batch;
      if (batch.bye) throw goodbye(batch.bye);
    }
    throw new ConnectionError('unreachable', 'The connection ended.');
  } finally {
    silence.end();
  }
}

/**
 * What is new, in a request that ends: nothing on the way can hold that back.
 *
 * @throws ConnectionError.
 */
export async function readOnce(options: StreamOptions): Promise<Batch[]> {
  const silence = new Silence(options.signal);
  try {
    const response = await request(options, silence.signal, { ends: true });
    const reader = new BatchReader();
    const batches: Batch[] = [];
    for await (const bytes of readBody(response, options.url, silence)) {
      silence.broken();
      batches.push(reader.read(bytes));
    }
    return batches;
  } finally {
    silence.end();
  }
}

async function request(
  { url, token, cursor, run }: StreamOptions,
  signal: AbortSignal,
  { ends }: { readonly ends: boolean },
): Promise<Response> {
  const headers = {
    Authorization: `Bearer ${token}`,
    Accept: 'text/event-stream',
    ...(cursor !== undefined && { 'Last-Event-ID': cursor }),
  };
  const query = new URLSearchParams({
    ...(run !== undefined && { run, detail: '1' }),
    ...(ends && { once: '1' }),
  }).toString();
  const init = { headers, signal, cache: 'no-store' } as const;
  const response = await fetch(`${url}/v1/stream${query && `?${query}`}`, init).catch(async () => {
    throw signal.aborted ? signal.reason : await networkError(url);
  });
  if (!response.ok) {
    const error = await errorOf(response);
    if (error instanceof RefusedError) throw new ConnectionError('forbidden', error.message);
    throw error;
  }
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const { host } = new URL(url);
    throw new ConnectionError('not-agentlight', `What answers at ${host} is not Agentlight.`);
  }
  return response;
}

async function* readBody(response: Response, url: string, silence: Silence) {
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const piece = await reader?.read();
      if (!piece || piece.done) return;
      yield piece.value;
    }
  } catch {
    throw silence.signal.aborted ? silence.signal.reason : await networkError(url);
  } finally {
    // whoever stops reading lets go of the connection
    void reader?.cancel().catch(() => undefined);
  }
}

function goodbye({ reason, retryMs }: Bye): ConnectionError {
  if (reason === 'token-revoked') {
    return new ConnectionError('unauthorized', 'The token was revoked. Pair again.');
  }
  return new ConnectionError('unavailable', `The service closed the stream (${reason}).`, {
    retryAfterMs: retryMs,
  });
}

/** Turns bytes into batches; a message may begin in one piece and end in the next. */
class BatchReader {
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({
    onId: (id) => {
      if (id !== '') this.#batch.cursor = id;
    },
    onEvent: ({ event, data }) => this.#add(event, JSON.parse(data)),
  });
  #batch: { -readonly [K in keyof Batch]: Batch[K] } & { events: LogEvent[] } = { events: [] };

  read(bytes: Uint8Array): Batch {
    this.#batch = { events: [] };
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    return this.#batch;
  }

  #add(name: string | undefined, data: unknown): void {
    switch (name) {
      case undefined:
        if (envelopeSchema.safeParse(data).success) this.#batch.events.push(data as LogEvent);
        return;
      case CONTROL.hello:
        this.#batch.hello = readHello(data);
        return;
      case CONTROL.snapshot:
        this.#batch.snapshot = readSnapshot(data);
        this.#batch.events = [];
        return;
      case CONTROL.bye:
        this.#batch.bye = data as Bye;
        return;
      default:
        // a control message of a newer service
        return;
    }
  }
}

function readHello(data: unknown): Hello {
  const checked = helloSchema.safeParse(data);
  if (!checked.success) {
    throw new ConnectionError('not-agentlight', 'What answers there is not Agentlight.');
  }
  const { protocol } = checked.data;
  if (protocol === PROTOCOL_VERSION) return checked.data;
  const trouble = protocol < PROTOCOL_VERSION ? 'older-service' : 'newer-service';
  throw new ConnectionError(trouble, t(`refused.${trouble}`));
}

function readSnapshot(data: unknown): Snapshot {
  if (snapshotSchema.safeParse(data).success) return data as Snapshot;
  throw new ConnectionError('not-agentlight', 'The state that the service sent makes no sense.');
}

/** Aborts a connection on which nothing comes any more, not even heartbeats. */
class Silence {
  limitMs = FIRST_ANSWER_MS;
  readonly signal: AbortSignal;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#abort.signal]);
    this.broken();
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const seconds = Math.round(this.limitMs / 1_000);
      this.#abort.abort(
        new ConnectionError('silent', `Nothing came for ${seconds} s, not even a heartbeat.`),
      );
    }, this.limitMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
