import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { readStreamRequest } from '../../../service/http/stream-request.ts';

const read = (head: string) => readStreamRequest(Buffer.from(head, 'latin1'));
const HOST = 'Host: localhost:4747';
const head = (...lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const GET = 'GET /v1/stream HTTP/1.1';

test('what browsers and programs send is recognised, with its headers', () => {
  const wanted = read(
    head(
      'GET /v1/stream?agent=a&agent=b&detail=1&cursor=3f9a.42 HTTP/1.1',
      'Host: 127.0.0.1:4747',
      'Connection: keep-alive',
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64)',
      'Accept:text/event-stream',
      'X-Empty:',
      'LAST-EVENT-ID: \t 3f9a.42 \t',
    ),
  );
  expect(wanted?.url).toBe(
    'http://127.0.0.1:4747/v1/stream?agent=a&agent=b&detail=1&cursor=3f9a.42',
  );
  expect(Object.fromEntries(wanted?.headers ?? [])).toEqual({
    'host': '127.0.0.1:4747',
    'connection': 'keep-alive',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    'accept': 'text/event-stream',
    'x-empty': '',
    'last-event-id': '3f9a.42',
  });
});

test.each([
  ['GET /v1/stream HTTP/1.1', HOST],
  ['GET /v1/stream? HTTP/1.1', HOST],
  ['GET /v1/stream?a=%00 HTTP/1.1', HOST],
  ['GET /v1/runners/r-1.local/commands?agent=a HTTP/1.1', HOST],
  [GET, 'Host: [::1]:4747'],
  [GET, 'Host: LOCALHOST'],
  [GET, HOST, 'Connection: close'],
])('recognised: %j', (...lines) => {
  expect(read(head(...lines))).toBeDefined();
});

/** Each is for http to answer, whatever it makes of it. */
const LEFT_TO_HTTP: readonly (readonly [what: string, bytes: string])[] = [
  ['nothing', ''],
  ['only an end', '\r\n\r\n'],
  ['a part of a head', `${GET}\r\n${HOST}\r\nAcc`],
  ['a head without its last line break', `${GET}\r\n${HOST}\r\n`],
  ['bytes behind the head', `${head(GET, HOST)}x`],
  ['another request behind it', head(GET, HOST) + head(GET, HOST)],
  ['an empty line in front', `\r\n${head(GET, HOST)}`],
  ['bare line feeds', `${GET}\n${HOST}\n\n`],
  ['a bare line feed in a value', head(GET, HOST, 'X: a\nY: b')],
  ['a bare carriage return in a value', head(GET, HOST, 'X: a\rY: b')],
  ['a NUL', head(GET, HOST, 'X: a\0')],
  ['a byte above ASCII', head(GET, HOST, 'X: \xe4')],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['more than 8 kB', head(GET, HOST, `X: ${'x'.repeat(8_192)}`)],
  ['HEAD', head('HEAD /v1/stream HTTP/1.1', HOST)],
  ['POST', head('POST /v1/stream HTTP/1.1', HOST)],
  ['a method in lower case', head('get /v1/stream HTTP/1.1', HOST)],
  ['HTTP/1.0', head('GET /v1/stream HTTP/1.0', HOST)],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['two spaces', head('GET  /v1/stream HTTP/1.1', HOST)],
  ['a space in the target', head('GET /v1/stream?a=b c HTTP/1.1', HOST)],
  ['an absolute target', head('GET http://localhost/v1/stream HTTP/1.1', HOST)],
  ['a target with two slashes', head('GET //v1/stream HTTP/1.1', HOST)],
  ['another path', head('GET /v1/snapshot HTTP/1.1', HOST)],
  ['a longer path', head('GET /v1/stream/x HTTP/1.1', HOST)],
  ['a path that begins alike', head('GET /v1/streams HTTP/1.1', HOST)],
  ['an encoded path', head('GET /v1/%73tream HTTP/1.1', HOST)],
  ['dots in the path', head('GET /v1/x/../stream HTTP/1.1', HOST)],
  ['dots as a runner', head('GET /v1/runners/../commands HTTP/1.1', HOST)],
  ['a fragment', head('GET /v1/stream#x HTTP/1.1', HOST)],
  ['a backslash', head('GET /v1/stream?\\ HTTP/1.1', HOST)],
  ['a quote', head('GET /v1/stream?" HTTP/1.1', HOST)],
  ['no Host', head(GET, 'Accept: */*')],
  ['no header at all', head(GET)],
  ['an empty Host', head(GET, 'Host:')],
  ['two Hosts', head(GET, HOST, 'host: evil.example')],
  ['a Host with a path', head(GET, 'Host: localhost/v1/snapshot?')],
  ['a Host with a user', head(GET, 'Host: localhost@evil.example')],
  ['a Host with a space', head(GET, 'Host: local host')],
  ['a Host with a port that is none', head(GET, 'Host: localhost:99999')],
  ['a Host that is no address', head(GET, 'Host: [::1::2]')],
  ['any header twice', head(GET, HOST, 'X: 1', 'x: 2')],
  ['two tokens', head(GET, HOST, 'Authorization: Bearer a', 'Authorization: Bearer b')],
  ['a folded line', head(GET, HOST, 'X: a', ' b')],
  ['a folded line at the start', head(GET, ` ${HOST}`, HOST)],
  ['a space before the colon', head(GET, HOST, 'X : a')],
  ['a line without a colon', head(GET, HOST, 'X')],
  ['a header without a name', head(GET, HOST, ': a')],
  ['a name with a bracket', head(GET, HOST, 'X(: a')],
  ['a body', `${head(GET, HOST, 'Content-Length: 1')}x`],
  ['a body that is yet to come', head(GET, HOST, 'Content-Length: 1')],
  ['a length of nothing', head(GET, HOST, 'Content-Length: 0')],
  ['chunks', head(GET, HOST, 'Transfer-Encoding: chunked')],
  ['a trailer', head(GET, HOST, 'Trailer: X')],
  ['Expect', head(GET, HOST, 'Expect: 100-continue')],
  ['an upgrade', head(GET, HOST, 'Connection: Upgrade', 'Upgrade: websocket')],
  ['an upgrade that Connection does not name', head(GET, HOST, 'Upgrade: h2c')],
  ['more in Connection', head(GET, HOST, 'Connection: keep-alive, X')],
];

test.each(LEFT_TO_HTTP)('left to http: %s', (_what, bytes) => {
  expect(read(bytes)).toBeUndefined();
});

test('a head that makes a careless pattern slow is looked at in no time', () => {
  const beganAtMs = performance.now();
  for (const filler of [' ', '\t', 'a', '?', '.', ': ']) {
    const text = filler.repeat(Math.floor(7_900 / filler.length));
    read(head(GET, HOST, `X:${text}\x01`));
    read(head(GET, HOST, `${text}\x01`));
    read(head(`GET /v1/stream?${text}\x01 HTTP/1.1`, HOST));
    read(head(`GET /v1/runners/a${text}\x01 HTTP/1.1`, HOST));
    read(head(GET, `Host: ${text}\x01`));
  }
  expect(performance.now() - beganAtMs).toBeLessThan(500);
});

/** What Node's http makes of bytes: the requests up to the end of the connection. */
async function startHttp() {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return async (bytes: string) => {
    requests.length = 0;
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume().end(bytes, 'latin1');
    await once(socket, 'close');
    return [...requests];
  };
}

test('what is recognised is one request for http as well, with the same target and headers', async () => {
  const http = await startHttp();
  const odd = fc.constantFrom(
    ...[' ', '\t', '\r', '\n', '\r\n', '\0', ':', ',', '/', '\\', '%', '?', '#', '"', '\xe4', '@'],
    ...['Host', 'close', 'HTTP/1.1', 'GET', '..', '\r\n ', '\r\n\r\n', 'Content-Length: 1'],
  );
  const name = fc.constantFrom('X', 'x', 'Accept', 'Connection', 'TE', 'Host', 'Content-Length');
  const value = fc.constantFrom('', 'a', 'a b', ' a\t', 'keep-alive', 'close', '1', 'localhost');
  const line = fc.tuple(name, value).map(([key, text]) => `${key}: ${text}`);
  const target = fc.constantFrom('/v1/stream', '/v1/stream?a=b', '/v1/runners/r/commands', '/');
  const lines = fc.tuple(target, fc.array(line, { maxLength: 3 }));
  const plain = lines.map(([path, rest]) => head(`GET ${path} HTTP/1.1`, HOST, ...rest));
  const cut = fc.tuple(plain, fc.nat(), fc.option(odd, { nil: '' }), fc.nat(3));
  const bytes = cut.map(([text, at, piece, gone]) => {
    const where = at % (text.length + 1);
    return text.slice(0, where) + piece + text.slice(where + (piece === '' ? 0 : gone));
  });
  let recognised = 0;
  await fc.assert(
    fc.asyncProperty(bytes, async (text) => {
      const found = read(text);
      if (!found) return;
      recognised += 1;
      const [request, ...more] = await http(text);
      expect(more).toEqual([]);
      expect(found.url).toBe(`http://${request?.headers.host}${request?.url}`);
      expect(Object.fromEntries(found.headers)).toEqual({ ...request?.headers });
    }),
    { numRuns: 2_000 },
  );
  expect(recognised).toBeGreaterThan(100);
});
