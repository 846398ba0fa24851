/**
 * Server-Sent Events as text: one message ends with an empty line (WHATWG HTML, 9.2.5).
 *
 * Data is always one line of JSON, which has no raw line breaks, and ids and names come from fixed
 * alphabets, so nothing that an agent says can forge a field.
 */
import type { LogEvent } from '../../protocol/events/event.ts';
import { formatCursor } from '../../protocol/wire/cursor.ts';
import type { Bye } from '../../protocol/wire/messages.ts';

/** What a client waits that comes back by itself and knows no more than the standard. */
const RETRY_MS = 1_000;

/** An event of the log; unnamed, so that `EventSource.onmessage` sees it. */
export function eventFrame(epoch: string, event: LogEvent): string {
  return `id: ${formatCursor({ epoch, seq: event.seq })}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A message that is not an event of the log. With `id`, the client's cursor moves there. */
export function controlFrame(name: string, data: unknown, id?: string): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${name}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}

/** A comment that shows life; with `id`, it also moves the client's Last-Event-ID without dispatching anything. */
export function heartbeatFrame(id?: string): string {
  return id === undefined ? ': heartbeat\n\n' : `: heartbeat\nid: ${id}\n\n`;
}

/** Begins every stream. */
export function retryFrame(): string {
  return `retry: ${RETRY_MS}\n\n`;
}

/**
 * The last message. `retry` says the same to clients that don't read it, such as `EventSource`; they wait that long
 * before each attempt, so it is never short.
 */
export function byeFrame(bye: Bye): string {
  return `retry: ${RETRY_MS + bye.retryMs}\n${controlFrame('bye', bye)}`;
}
