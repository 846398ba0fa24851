/** A receiver of notifications: a real HTTP server that records its requests. */
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  /** All requests, including those that were answered with an error. */
  readonly received: Received[];
  /** Sets the response from now on: a status with headers, or `never` for no response. */
  answer(status: number | 'never', headers?: Record<string, string>): void;
  /** The requests to this path. */
  at(path: string): Received[];
}

/** Closed when the test ends. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer: { status: number | 'never'; headers: Record<string, string> } = {
    status: 200,
    headers: {},
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      const { status, headers } = answer;
      if (status !== 'never') response.writeHead(status, headers).end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (status, headers = {}) => {
      answer = { status, headers };
    },
    at: (path) => received.filter((one) => one.path === path),
  };
}
