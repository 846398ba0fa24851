/** A client of the stream that comes back by itself and remembers what it was told, as `EventSource` does. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Snapshot } from '../../protocol/wire/messages.ts';

export interface StreamClient {
  /** Events of the log, in the order of their arrival. */
  readonly events: LogEvent[];
  readonly snapshots: Snapshot[];
  /** How often it was connected. */
  connections(): number;
  cursor(): string | undefined;
  /** Stops it; resolves when its connection is closed. */
  close(): Promise<void>;
}

const RETRY_MS = 20;

/** Closed when the test ends. @param cursor where to begin; without one the stream begins with a snapshot. */
export function openStream(
  url: string,
  token: string,
  { path = '/v1/stream', cursor }: { path?: string; cursor?: string } = {},
): StreamClient {
  const abort = new AbortController();
  const events: LogEvent[] = [];
  const snapshots: Snapshot[] = [];
  let connections = 0;
  let lastId = cursor;

  const readOnce = async () => {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    if (lastId !== undefined) headers['Last-Event-ID'] = lastId;
    const response = await fetch(url + path, { headers, signal: abort.signal });
    if (!response.ok || !response.body) throw new Error(`answered with ${response.status}`);
    connections += 1;
    const messages = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { id, event, data } of messages) {
      if (event === undefined) events.push(JSON.parse(data) as LogEvent);
      if (event === 'snapshot') snapshots.push(JSON.parse(data) as Snapshot);
      if (id !== undefined) lastId = id;
    }
  };
  const run = async () => {
    while (!abort.signal.aborted) {
      // a service that is away is what this client is for
      await readOnce().catch(() => undefined);
      if (!abort.signal.aborted) await delay(RETRY_MS);
    }
  };
  const running = run();
  const close = () => {
    abort.abort();
    return running;
  };
  onTestFinished(close);
  return { events, snapshots, connections: () => connections, cursor: () => lastId, close };
}
