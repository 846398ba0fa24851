/**
 * Begins a `text/event-stream` response and leaves its body to the stream.
 *
 * The body has neither a length nor chunks: it ends with the connection. So the bytes of an event are the same for every
 * reader, and HTTP/1.0 proxies understand them. They are written to the response's socket, after the head:
 * `response.write` buffers each write until the next tick, which takes three times as long (measured with 1,000 readers:
 * 26 instead of 8 µs a write).
 */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { ProblemLimit } from '../../protocol/wire/problem.ts';
import type { Hello } from '../../protocol/wire/messages.ts';
import { PROTOCOL_VERSION } from '../../protocol/wire/messages.ts';
import type { LogFilter } from '../log/store.ts';
import type { Reader } from '../stream/reader.ts';
import { controlFrame, retryFrame } from '../stream/frame.ts';
import type { StartPoint } from '../stream/start-point.ts';
import type { Http, Services } from './context.ts';
import { throwProblem } from './problem.ts';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
};

export interface StreamResponse {
  readonly filter: LogFilter;
  readonly start: StartPoint;
  readonly once: boolean;
  /** The number of a runner's connection; only for the streams of runners. */
  readonly generation?: number;
  readonly opened?: (reader: Reader) => void;
  /** Called once, when the connection is over. */
  readonly closed?: () => void;
}

/** @param token id of the token that asks. @throws HttpProblem too-many-streams. */
export function refuseTooManyStreams(services: Services, token: string): void {
  const { streams, tokens, config } = services;
  if (streams.count >= config.maxStreams) {
    refuseOver('streams', `${config.maxStreams} streams are open`);
  }
  if (tokens.inUse(token) >= config.maxStreamsPerToken) {
    refuseOver('streams_per_token', `${config.maxStreamsPerToken} streams of this token are open`);
  }
}

function refuseOver(limit: ProblemLimit, what: string): never {
  const detail = `${what}, which is the limit. Try again later.`;
  return throwProblem('too-many-streams', detail, { limit, retryAfterS: 10 });
}

/** The `User-Agent` of every browser begins with `Mozilla/`, and that of a program usually does not. */
function isBrowser(userAgent = ''): boolean {
  return userAgent.startsWith('Mozilla/');
}

/** The response to HEAD: the headers of a stream, without opening one. */
export function streamHead(): Response {
  return new Response(null, { headers: HEADERS });
}

/** Answers with a stream, which is open until either side closes it. */
export function respondWithStream(
  c: Context<Http>,
  services: Services,
  { filter, start, once, generation, opened, closed }: StreamResponse,
): Response {
  const { outgoing } = c.env;
  const { socket } = outgoing;
  if (!socket?.writable) {
    // the client is gone, or it sent this request before an earlier one on the connection was answered
    closed?.();
    outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  const hello: Hello = {
    protocol: PROTOCOL_VERSION,
    service: { name: 'agentlight', version: services.version, epoch: services.log.epoch },
    user: c.get('actor').user,
    scopes: [...c.get('actor').scopes],
    heartbeatMs: services.config.heartbeatMs,
    time: new Date().toISOString(),
    resumed: start.kind === 'resume',
    ...(generation !== undefined && { generation }),
  };
  const watcher = isBrowser(c.req.header('user-agent')) ? 'browser' : 'watcher';
  const kind = generation === undefined ? watcher : 'runner';
  // the head and the first messages leave in one write
  socket.cork();
  // without this, Node would announce chunks
  outgoing.removeHeader('Transfer-Encoding');
  outgoing.writeHead(200, HEADERS);
  outgoing.flushHeaders();
  socket.write(retryFrame() + controlFrame('hello', hello));
  const { streams, tokens } = services;
  const reader = streams.open({ socket, filter, start, once, kind });
  const release = tokens.whenRevoked(c.get('token'), () =>
    streams.end(reader, { reason: 'token-revoked', retryMs: 0 }),
  );
  socket.on('close', () => {
    release();
    closed?.();
  });
  socket.uncork();
  opened?.(reader);
  return RESPONSE_ALREADY_SENT;
}
