/**
 * The text of Server-Sent Events (WHATWG HTML, 9.2.5). An empty line ends each message.
 *
 * Data is one line of JSON, which contains no line breaks, and ids and names have fixed alphabets. So no content of an
 * event can forge a field.
 */
import type { LogEvent } from '../../protocol/events/event.ts';
import { formatCursor } from '../../protocol/wire/cursor.ts';
import type { Bye } from '../../protocol/wire/messages.ts';

/** How long clients that know only the standard wait before they reconnect. */
const RETRY_MS = 1_000;

/**
 * An event of the log. It has no name, so that `EventSource.onmessage` receives it.
 *
 * The id is behind the data: some clients take it before the message is complete, and would skip one that is cut off.
 */
export function eventFrame(epoch: string, event: LogEvent): string {
  return `data: ${JSON.stringify(event)}\nid: ${formatCursor({ epoch, seq: event.seq })}\n\n`;
}

/** A message that is not an event of the log. `id` becomes the client's cursor. */
export function controlFrame(name: string, data: unknown, id?: string): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n${idLine}\n`;
}

/** A comment that keeps the connection alive. `id` becomes the client's cursor, without an event. */
export function heartbeatFrame(id?: string): string {
  return id === undefined ? ': heartbeat\n\n' : `: heartbeat\nid: ${id}\n\n`;
}

/** The first line of every stream. */
export function retryFrame(): string {
  return `retry: ${RETRY_MS}\n\n`;
}

/**
 * The last message of a stream. `retry` repeats its delay for clients that know only the standard, such as `EventSource`.
 * They wait that long before every attempt, so it is never short.
 */
export function byeFrame(bye: Bye): string {
  return `retry: ${RETRY_MS + bye.retryMs}\n${controlFrame('bye', bye)}`;
}
