/** Streams of servers that are not well, of other versions, and behind proxies that hold answers back. */
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { Client } from '../../../protocol/client/client.ts';
import { follow, greet } from '../../../protocol/client/follow.ts';
import type { StreamBatch } from '../../../protocol/client/stream.ts';
import { readStream } from '../../../protocol/client/stream.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { createTestPlatform } from '../../support/test-platform.ts';

const HELLO = {
  protocol: 1,
  service: { name: 'agentlight', version: '1.0.0', epoch: 'e' },
  user: 'ada',
  heartbeatMs: 100,
  time: '2026-01-31T12:00:00.000Z',
  resumed: false,
};
const EVENT = { seq: 3, id: 'x', type: 'agent.removed', time: HELLO.time, agent: 'a', data: {} };

const message = (data: unknown, event?: string, id?: string) =>
  `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${
    typeof data === 'string' ? data : JSON.stringify(data)
  }\n\n`;
const hello = (changes: object = {}) => message({ ...HELLO, ...changes }, 'hello');

/** @param answer writes the stream, whose head has been sent. */
async function serve(answer: (response: ServerResponse, url: string) => void) {
  const url = await startHttpServer(({ url: path = '' }, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    answer(response, path);
  });
  const platform = createTestPlatform();
  const client = new Client({ url, token: 't', platform });
  const abort = new AbortController();
  const stream = readStream(client, { signal: abort.signal });
  return { client, platform, stream, abort };
}

/** Everything up to the end, and what it ended with. */
async function readAll(stream: AsyncIterable<StreamBatch>) {
  const batches: StreamBatch[] = [];
  try {
    for await (const batch of stream) batches.push(batch);
    return { batches };
  } catch (error) {
    return { batches, error };
  }
}

test('hands over what came, with the cursor behind it, and ends with the connection', async () => {
  const { stream, platform } = await serve((response) =>
    response.end(`${hello()}${message(EVENT, undefined, 'e.3')}id: e.4\n\n`),
  );
  const { batches, error } = await readAll(stream);
  expect(batches.flatMap(({ events }) => events)).toEqual([EVENT]);
  expect(batches.at(-1)).toMatchObject({ cursor: 'e.4' });
  expect(error).toMatchObject({ kind: 'unreachable', message: 'The connection ended.' });
  expect(platform.timers()).toBe(0);
});

test('events before a snapshot are in it already', async () => {
  const snapshot = { cursor: 'e.9', time: HELLO.time, fleet: { seq: 9, agents: {}, runs: {} } };
  const { stream } = await serve((response) =>
    response.end(`${message(EVENT)}${message(snapshot, 'snapshot')}${message(EVENT)}`),
  );
  const { batches } = await readAll(stream);
  expect(batches).toMatchObject([{ snapshot, events: [EVENT] }]);
});

test('what a newer service adds is passed over, and what makes no sense is refused', async () => {
  const later = message({ ...EVENT, type: 'agent.teleported' });
  const { stream } = await serve((response) =>
    response.end(`${hello()}${message('{}', 'later')}${message('{"seq":0}')}${later}`),
  );
  const { batches } = await readAll(stream);
  expect(batches.flatMap(({ events }) => events)).toMatchObject([{ type: 'agent.teleported' }]);
  for (const nonsense of [
    message('{}', 'hello'),
    message('no JSON', 'snapshot'),
    message('[]', 'bye'),
  ]) {
    const wrong = await serve((response) => response.end(nonsense));
    expect((await readAll(wrong.stream)).error).toMatchObject({ kind: 'not-agentlight' });
  }
});

test.each([
  [0, 'older-service', /^The service is too old for this program .* Update the service\.$/],
  [2, 'newer-service', /^The service is too new for this program .* Update this program\.$/],
])('a service of protocol %i is refused as %s', async (protocol, kind, words) => {
  const { stream, client } = await serve((response) => void response.write(hello({ protocol })));
  const expected = { kind, message: expect.stringMatching(words) as string };
  expect((await readAll(stream)).error).toMatchObject(expected);
  await expect(greet(client)).rejects.toMatchObject(expected);
});

test.each([
  ['shutdown', { kind: 'unavailable', retryAfterMs: 700 }],
  ['token-revoked', { kind: 'unauthorized' }],
  ['replaced', { kind: 'replaced' }],
  ['reasons-of-tomorrow', { kind: 'unavailable', retryAfterMs: 700 }],
])('a service that says bye (%s) is left', async (reason, expected) => {
  const { stream } = await serve(
    (response) => void response.write(hello() + message({ reason, retryMs: 700 }, 'bye')),
  );
  expect((await readAll(stream)).error).toMatchObject(expected);
});

test('a stream on which nothing comes for 2.5 heartbeats is given up', async () => {
  let beat = () => {};
  const dead = await serve((response) => void response.write(hello()));
  expect((await dead.stream.next()).value).toMatchObject({ hello: HELLO });
  dead.platform.advance(250);
  await expect(dead.stream.next()).rejects.toMatchObject({ kind: 'silent' });

  const { stream, platform } = await serve((response) => {
    response.write(hello());
    beat = () => void response.write(': heartbeat\n\n');
  });
  expect((await stream.next()).value).toMatchObject({ hello: HELLO });
  const second = stream.next();
  platform.advance(249);
  beat();
  // a heartbeat is a batch without anything in it
  expect((await second).value).toMatchObject({ events: [] });
  const rest = readAll(stream);
  platform.advance(250);
  expect((await rest).error).toMatchObject({
    kind: 'silent',
    message: 'Nothing came for 0.25 s, not even a heartbeat.',
  });
  expect(platform.timers()).toBe(0);
});

test('a connection that breaks is reported as such, and one that is left is closed', async () => {
  const { stream } = await serve((response) => {
    response.write(hello());
    response.socket?.resetAndDestroy();
  });
  expect((await readAll(stream)).error).toMatchObject({ kind: 'unreachable' });

  const closed = Promise.withResolvers<void>();
  const other = await serve((response) => {
    response.write(hello());
    response.on('close', closed.resolve);
  });
  for await (const batch of other.stream) {
    expect(batch.hello).toEqual(HELLO);
    break;
  }
  await closed.promise;
  expect(other.platform.timers()).toBe(0);
});

test('where streams are held back events are polled, and a stream is tried again', async () => {
  let letsThrough = false;
  const asked: string[] = [];
  const arrived = Promise.withResolvers<void>();
  const url = await startHttpServer(({ url: path = '', headers }, response) => {
    asked.push(`${path} ${String(headers['last-event-id'])}`);
    arrived.resolve();
    const isPoll = path.includes('once=1');
    if (!isPoll && !letsThrough) return;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const text = hello() + message(EVENT, undefined, `e.${asked.length}`);
    if (isPoll) response.end(text);
    else response.write(text);
  });
  const platform = createTestPlatform();
  const { signal } = new AbortController();
  const path = '/v1/stream?detail=1';
  const request = { path, cursor: 'e.0', signal, pollMs: 3_000, streamAgainMs: 6_000 };
  const stream = follow(new Client({ url, platform }), request);

  const polled = stream.next();
  await arrived.promise;
  platform.advance(10_000);
  expect((await polled).value).toMatchObject({ hello: HELLO, delayMs: 3_000, cursor: 'e.2' });
  const again = stream.next();
  await platform.whenScheduled(3_000);
  platform.advance(3_000);
  expect((await again).value).toMatchObject({ events: [EVENT], delayMs: 3_000 });
  letsThrough = true;
  const streamed = stream.next();
  await platform.whenScheduled(3_000);
  platform.advance(3_000);
  const { value } = await streamed;
  expect(value).toMatchObject({ events: [EVENT] });
  expect(value).not.toHaveProperty('delayMs');
  expect(asked).toEqual([`${path} e.0`, `${path}&once=1 e.0`, `${path}&once=1 e.2`, `${path} e.3`]);
});

test('a service that answers neither way is silent', async () => {
  const url = await startHttpServer(() => {});
  const platform = createTestPlatform();
  const { signal } = new AbortController();
  const following = readAll(follow(new Client({ url, platform }), { signal }));
  platform.advance(10_000);
  await platform.whenScheduled(10_000);
  platform.advance(10_000);
  expect((await following).error).toMatchObject({ kind: 'silent' });
});
