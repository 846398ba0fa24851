/** A client of a stream: keeps every message and the raw text, and can stop reading. */
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import type { ParseError } from 'eventsource-parser';
import { createParser } from 'eventsource-parser';
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { Bye, Hello, Snapshot } from '../../../protocol/wire/messages.ts';
import { eventually } from '../../support/eventually.ts';

export interface OpenOptions {
  readonly token: string;
  readonly cursor?: string | undefined;
}

export interface StreamReader {
  readonly headers: IncomingHttpHeaders;
  /** Settles when the connection is closed, by whomever. */
  readonly ended: Promise<void>;
  /** Everything that came, as text. */
  text(): string;
  /** Names of the messages in order; an event of the log has its type. */
  names(): string[];
  events(): LogEvent[];
  hello(): Promise<Hello>;
  snapshot(): Promise<Snapshot>;
  bye(): Promise<Bye>;
  /** Waits for an event of the log, the first that is as wanted. */
  event(type: LogEvent['type'], isWanted?: (event: LogEvent) => boolean): Promise<LogEvent>;
  /** What a client would send as Last-Event-ID. */
  cursor(): string;
  pause(): void;
  resume(): void;
  close(): void;
}

interface Message {
  readonly name: string | undefined;
  readonly data: unknown;
}

/** Throws when the answer is not a stream. */
export async function openStream(
  url: string,
  path: string,
  { token, cursor }: OpenOptions,
): Promise<StreamReader> {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(cursor !== undefined && { 'Last-Event-ID': cursor }),
  };
  const asked = request(url + path, { agent: false, headers });
  asked.end();
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).on('error', reject);
  });
  const messages: Message[] = [];
  let text = '';
  let lastId = '';
  const parser = createParser({
    onId(id) {
      lastId = id;
    },
    onEvent: ({ event, data }) => void messages.push({ name: event, data: JSON.parse(data) }),
    onError(error: ParseError) {
      throw error;
    },
  });
  const ended = new Promise<void>((resolve) => {
    response.once('close', resolve);
  });
  // a connection that the service or the test breaks is told by `ended`
  response.on('error', () => {});
  response.setEncoding('utf8');
  response.on('data', (piece: string) => {
    text += piece;
    parser.feed(piece);
  });
  if (response.statusCode !== 200) {
    await ended;
    throw new Error(`${response.statusCode}: ${text}`);
  }
  const control = <T>(wanted: string) =>
    eventually(
      () => messages.find(({ name }) => name === wanted) as { data: T } | undefined,
      `the ${wanted} in ${text.slice(0, 500)}`,
    ).then(({ data }) => data);
  const events = () =>
    messages.flatMap(({ name, data }) => (name === undefined ? (data as LogEvent) : []));
  return {
    headers: response.headers,
    ended,
    events,
    text: () => text,
    names: () => messages.map(({ name, data }) => name ?? (data as LogEvent).type),
    hello: () => control('hello'),
    snapshot: () => control('snapshot'),
    bye: () => control('bye'),
    event: (type, isWanted = () => true) =>
      eventually(
        () => events().find((event) => event.type === type && isWanted(event)),
        `${type} on the stream`,
      ),
    cursor: () => lastId,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void asked.destroy(),
  };
}
