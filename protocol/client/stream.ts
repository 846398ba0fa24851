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
import { createTimeLimit } from './platform.ts';

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
  const { url, platform } = client;
  const silence = createTimeLimit(platform, signal, (ms) => {
    const message = `Nothing came for ${ms / 1_000} s, not even a heartbeat.`;
    return new ServiceError('silent', message, { url });
  });
  let limitMs = FIRST_ANSWER_MS;
  silence.restart(limitMs);
  try {
    const query = once ? `${path.includes('?') ? '&' : '?'}once=1` : '';
    const response = await client.open(path + query, cursor, silence.signal);
    const read = createBatchReader(url);
    for await (const bytes of response.body ?? []) {
      const batch = read(bytes);
      if (batch.hello) limitMs = batch.hello.heartbeatMs * MISSED_HEARTBEATS;
      silence.restart(limitMs);
      yield batch;
      if (batch.bye) throw errorOfBye(url, batch.bye);
    }
  } catch (error) {
    if (silence.signal.aborted) throw silence.signal.reason;
    if (error instanceof ServiceError) throw error;
    throw new ServiceError('unreachable', 'The connection broke.', { url, cause: error });
  } finally {
    silence.end();
  }
  if (!once) throw new ServiceError('unreachable', 'The connection ended.', { url });
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

type MutableBatch = { -readonly [K in keyof StreamBatch]: StreamBatch[K] } & { events: LogEvent[] };

/** Turns bytes into batches. A message may begin in one piece and end in the next. */
function createBatchReader(url: string): (bytes: Uint8Array) => StreamBatch {
  let batch: MutableBatch = { events: [] };
  const decoder = new TextDecoder();
  const parser = createParser({
    onId(id) {
      if (id !== '') batch.cursor = id;
    },
    onEvent: ({ event, data }) => addMessage(batch, url, event, parseJson(data)),
  });
  return (bytes) => {
    batch = { events: [] };
    parser.feed(decoder.decode(bytes, { stream: true }));
    return batch;
  };
}

function addMessage(batch: MutableBatch, url: string, name: string | undefined, data: unknown) {
  const check = (schema: z.ZodMiniType) => {
    if (!schema.safeParse(data).success) throw notAgentlight(url);
  };
  switch (name) {
    case undefined:
      if (envelopeSchema.safeParse(data).success) batch.events.push(data as LogEvent);
      return;
    case CONTROL.hello:
      check(helloSchema);
      batch.hello = data as Hello;
      checkProtocol(url, batch.hello);
      return;
    case CONTROL.snapshot:
      check(snapshotSchema);
      batch.snapshot = data as Snapshot;
      batch.events = [];
      return;
    case CONTROL.bye:
      check(byeSchema);
      batch.bye = data as Bye;
      return;
    default:
      // a control message of a newer service
      return;
  }
}
