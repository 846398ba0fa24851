/**
 * Begins a `text/event-stream` response and hands over its raw socket.
 *
 * The body has no length and no chunks: it ends with the connection, which HTTP/1.0 proxies understand too,
 * and the bytes of an event are the same for every reader. Nothing is made per event and reader.
 */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { ProblemLimit } from '../../protocol/wire/problem.ts';
import type { Hello } from '../../protocol/wire/messages.ts';
import { PROTOCOL_VERSION } from '../../protocol/wire/messages.ts';
import type { LogFilter } from '../log/store.ts';
import type { Reader } from '../stream/channel.ts';
import { controlFrame, retryFrame } from '../stream/frame.ts';
import type { StartPoint } from '../stream/start-point.ts';
import type { Http, Services } from './context.ts';
import { PlainResponse } from './plain-response.ts';
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
  /** Number of a runner's connection. */
  readonly generation?: number;
  readonly opened?: (reader: Reader) => void;
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

/** They all begin like this (RFC 9110 calls it a token of compatibility), and programs don't. */
function isBrowser(userAgent = ''): boolean {
  return userAgent.startsWith('Mozilla/');
}

/** What HEAD gets: a stream's headers. Nothing is opened. */
export function streamHead(): Response {
  return new Response(null, { headers: HEADERS });
}

export function respondWithStream(
  c: Context<Http>,
  services: Services,
  { filter, start, once, generation, opened, closed }: StreamResponse,
): Response {
  const { outgoing } = c.env;
  const { socket } = outgoing;
  if (!socket?.writable) {
    closed?.();
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
  // the head and all that follows at once are one write
  socket.cork();
  writeHead(outgoing);
  socket.write(retryFrame() + controlFrame('hello', hello));
  if (closed) socket.on('close', closed);
  const { streams, tokens } = services;
  const watcher = isBrowser(c.req.header('user-agent')) ? 'browser' : 'watcher';
  const kind = generation === undefined ? watcher : 'runner';
  const reader = streams.open({ socket, filter, start, once, kind });
  const release = tokens.whenRevoked(c.get('token'), () =>
    streams.end(reader, { reason: 'token-revoked', retryMs: 0 }),
  );
  socket.on('close', release);
  socket.uncork();
  opened?.(reader);
  return RESPONSE_ALREADY_SENT;
}

function writeHead(outgoing: Http['Bindings']['outgoing']): void {
  if (!(outgoing instanceof PlainResponse)) outgoing.removeHeader('Transfer-Encoding');
  outgoing.writeHead(200, HEADERS);
  if ('flushHeaders' in outgoing) outgoing.flushHeaders();
}
