import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { StreamConnectionsOptions } from '../../../service/http/stream-connections.ts';
import { openStreamConnections } from '../../../service/http/stream-connections.ts';
import { eventually } from '../../support/eventually.ts';

const STREAM = 'GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function start(options: Partial<StreamConnectionsOptions> = {}) {
  const server = createServer((_, response) => void response.end('of http'));
  const log: string[] = [];
  const logger = pino({}, { write: (line: string) => void log.push(line) });
  const fetch = () => new Response('of the app', { status: 401 });
  const { closeAll } = openStreamConnections({
    ...{ server, fetch, logger, firstBytesMs: 10_000, ...options },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const open = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
    await once(socket, 'connect');
    return { socket, text: () => text };
  };
  return { server, open, closeAll, log };
}

test('a request for a stream goes to the app, all others to http, which keeps their connections', async () => {
  const { open } = await start();
  const stream = await open();
  stream.socket.write(STREAM);
  await once(stream.socket, 'close');
  expect(stream.text()).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  expect(stream.text()).toMatch(/content-length: 10\r\nconnection: close\r\n\r\nof the app$/i);
  const other = await open();
  for (const count of [1, 2]) {
    other.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(() => other.text().split('of http').length === count + 1, 'an answer');
  }
});

test('a connection that says nothing is closed after a while', async () => {
  const { open } = await start({ firstBytesMs: 50 });
  const { socket, text } = await open();
  await once(socket, 'close');
  expect(text()).toBe('');
});

test('a stream may be silent for longer than a new connection', async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const { open } = await start({ firstBytesMs: 50, fetch: () => promise });
  const stream = await open();
  stream.socket.write(STREAM);
  const silent = await open();
  await once(silent.socket, 'close');
  resolve(new Response('late'));
  await once(stream.socket, 'close');
  expect(stream.text()).toMatch(/late$/);
});

test('when the app fails, the connection is closed and the log says why', async () => {
  const { open, log } = await start({ fetch: () => Promise.reject(new Error('on purpose')) });
  const { socket } = await open();
  socket.write(STREAM);
  await once(socket, 'close');
  expect(log.join()).toContain('on purpose');
});

test('closing all closes those that http does not know', async () => {
  const { promise } = Promise.withResolvers<Response>();
  const { server, open, closeAll } = await start({ fetch: () => promise });
  const connections = [await open(), await open()];
  connections[0]?.socket.write(STREAM);
  const count = () =>
    new Promise<number>((resolve) => server.getConnections((_, number) => resolve(number)));
  await eventually(async () => (await count()) === 2, 'two connections');
  const closed = connections.map(({ socket }) => {
    socket.on('error', () => {});
    return new Promise((resolve) => socket.once('close', resolve));
  });
  server.closeAllConnections();
  expect(await count()).toBe(2);
  closeAll();
  await Promise.all(closed);
});
