import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Hub } from './hub.ts';
import { openHub, OWNER_TOKEN, startHub } from './hub.ts';

const PAGE = 'https://status.example';
const OWNER = `Authorization: Bearer ${OWNER_TOKEN}`;

let hub: Hub;
beforeAll(async () => {
  hub = await openHub({ AGENTLIGHT_ALLOWED_ORIGINS: PAGE });
  await hub.register('a');
});
afterAll(() => hub.close());

interface Wire {
  readonly socket: Socket;
  text(): string;
}

async function open(at: Hub, allowHalfOpen = false): Promise<Wire> {
  const { hostname, port } = new URL(at.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen });
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  await once(socket, 'connect');
  return { socket, text: () => text };
}

const request = (line: string, ...headers: readonly string[]) =>
  `${[line, ...headers].join('\r\n')}\r\n\r\n`;

/** A connection that has had an answer from http before. */
async function openUsed(at: Hub): Promise<Wire> {
  const wire = await open(at);
  wire.socket.write(request('GET /healthz HTTP/1.1', 'Host: localhost'));
  await eventually(() => wire.text().endsWith('}'), 'the first answer');
  const before = wire.text().length;
  return { ...wire, text: () => wire.text().slice(before) };
}

/** All of an answer that ends with its connection, without what differs each time. */
async function answerTo(wire: Wire, bytes: string) {
  wire.socket.write(bytes);
  await once(wire.socket, 'close');
  const [head = '', ...body] = wire.text().split('\r\n\r\n');
  const [status, ...headers] = head.split('\r\n');
  const named = headers.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()));
  return {
    status,
    headers: named.map((line) => line.replace(/^date: .*GMT$/, 'date')).sort(),
    body: body.join('').replaceAll(/"time":"[^"]+"/g, '"time"'),
  };
}

const STREAM = 'GET /v1/stream?once=1 HTTP/1.1';
const LOCAL = ['Host: localhost', 'Connection: close'];

test.each([
  ['200 OK', [STREAM, ...LOCAL, OWNER]],
  ['200 OK', [STREAM, ...LOCAL, OWNER, `Origin: ${PAGE}`]],
  ['200 OK', [STREAM, ...LOCAL, OWNER, 'Last-Event-ID: earliest']],
  ['200 OK', [STREAM, ...LOCAL, OWNER, 'Origin: chrome-extension://abc']],
  ['401 Unauthorized', [STREAM, ...LOCAL]],
  ['401 Unauthorized', [STREAM, ...LOCAL, 'Authorization: Bearer wrong']],
  ['403 Forbidden', [STREAM, ...LOCAL, OWNER, 'Origin: https://evil.example']],
  ['403 Forbidden', [`GET /v1/stream?token=${OWNER_TOKEN} HTTP/1.1`, ...LOCAL]],
  ['421 Misdirected Request', [STREAM, 'Host: evil.example', 'Connection: close', OWNER]],
  ['400 Bad Request', ['GET /v1/stream?nonsense=1 HTTP/1.1', ...LOCAL, OWNER]],
  ['400 Bad Request', ['GET /v1/stream?agent=%C3%A4 HTTP/1.1', ...LOCAL, OWNER]],
  ['400 Bad Request', [STREAM, ...LOCAL, OWNER, 'Last-Event-ID: nonsense']],
  ['400 Bad Request', ['GET /v1/runners/r/commands HTTP/1.1', ...LOCAL, OWNER]],
  ['404 Not Found', ['GET /v1/runners/r/commands?agent=b HTTP/1.1', ...LOCAL, OWNER]],
])(
  'a stream is answered alike first on a connection and later on it: %s to %j',
  async (status, lines) => {
    const bytes = request(lines[0] ?? '', ...lines.slice(1));
    const first = await answerTo(await open(hub), bytes);
    expect(first.status).toBe(`HTTP/1.1 ${status}`);
    expect(first).toEqual(await answerTo(await openUsed(hub), bytes));
  },
);

test('a request that comes in pieces is answered all the same', async () => {
  const wire = await open(hub);
  const bytes = request(STREAM, ...LOCAL, OWNER);
  for (const piece of [bytes.slice(0, 20), bytes.slice(20, 60), bytes.slice(60)]) {
    wire.socket.setNoDelay().write(piece);
    await new Promise(setImmediate);
  }
  await once(wire.socket, 'close');
  expect(wire.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*event: snapshot\n/);
});

test.each([
  ['a body', [STREAM, ...LOCAL, OWNER, 'Transfer-Encoding: chunked'], 400],
  ['two Hosts', [STREAM, ...LOCAL, OWNER, 'Host: localhost'], 400],
  ['no Host', [STREAM, OWNER], 400],
  ['a folded line', [STREAM, ...LOCAL, 'X: a', ' b'], 400],
  ['a length that is none', [STREAM, ...LOCAL, OWNER, 'Content-Length: x'], 400],
  ['too many bytes', [STREAM, ...LOCAL, `X: ${'x'.repeat(20_000)}`], 431],
  ['a space before the colon', [STREAM, ...LOCAL, 'X : a'], 400],
])('http refuses %s', async (_what, lines, status) => {
  const wire = await open(hub);
  wire.socket.end(request(lines[0] ?? '', ...lines.slice(1)) + 'Z\r\n');
  await once(wire.socket, 'close');
  expect(wire.text()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

test('HTTP/1.0 and an absolute target are understood', async () => {
  for (const line of [
    'GET /v1/stream?once=1 HTTP/1.0',
    'GET http://localhost/v1/stream?once=1 HTTP/1.1',
  ]) {
    const { status } = await answerTo(await open(hub), request(line, ...LOCAL, OWNER));
    expect(status).toBe('HTTP/1.1 200 OK');
  }
});

test('a request that follows on the connection of a stream is not answered', async () => {
  const wire = await open(hub);
  wire.socket.write(request('GET /v1/stream HTTP/1.1', 'Host: localhost', OWNER));
  await eventually(() => wire.text().includes('event: snapshot\n'), 'the stream');
  wire.socket.write(request('GET /healthz HTTP/1.1', 'Host: localhost'));
  await hub.report([{ type: 'error.reported', agent: 'a', data: { message: 'afterwards' } }]);
  await eventually(() => wire.text().includes('afterwards'), 'the event');
  expect(wire.text().match(/HTTP\/1\.1/g)).toHaveLength(1);
});

const openStreams = async (at: Hub) => {
  const { text } = await at.send('GET', '/metrics');
  return [...text.matchAll(/_streams_open\{.*\} (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
};

test('a stream ends when its client closes its side, or breaks off', async () => {
  const own = await startHub();
  const words = request('GET /v1/stream HTTP/1.1', 'Host: localhost', OWNER);
  const half = await open(own, true);
  const broken = await open(own);
  for (const { socket, text } of [half, broken]) {
    socket.write(words);
    await eventually(() => text().includes('event: snapshot\n'), 'the stream');
  }
  expect(await openStreams(own)).toBe(2);
  half.socket.end();
  await once(half.socket, 'end');
  broken.socket.resetAndDestroy();
  await eventually(async () => (await openStreams(own)) === 0, 'none open');
  // one that closes its side before the answer, or says nothing at all
  const hasty = await open(own, true);
  hasty.socket.end(words);
  const silent = await open(own, true);
  silent.socket.end();
  await Promise.all([once(hasty.socket, 'close'), once(silent.socket, 'close')]);
  await eventually(async () => (await openStreams(own)) === 0, 'none open');
  expect(own.logText()).not.toContain('failed');
});
