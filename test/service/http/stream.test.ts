import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hub } from './hub.ts';
import { openHub, OWNER_TOKEN, startHub } from './hub.ts';
import { connectRunner } from './runner.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub({ AGENTLIGHT_HEARTBEAT_MS: '100' });
  await hub.register('a');
});
afterAll(() => hub.close());

/** Something that everybody sees. */
async function say(at: Hub, message: string): Promise<number> {
  const [{ seq } = { seq: 0 }] = await at.report([
    { type: 'error.reported', agent: 'a', data: { message } },
  ]);
  return seq;
}

const epochOf = async (at: Hub) =>
  (await at.expect<Snapshot>(200, 'GET', '/v1/snapshot')).cursor.split('.')[0] ?? '';

/** What a stream brings that ends when it has caught up. */
async function catchUp(at: Hub, path: string, cursor?: string) {
  const stream = await at.stream(`${path}${path.includes('?') ? '&' : '?'}once=1`, { cursor });
  await stream.ended;
  return stream;
}

test('a stream says hello, shows the fleet, and goes on with what happens', async () => {
  const stream = await hub.stream('/v1/stream');
  const hello = await stream.hello();
  expect(hello).toEqual({
    protocol: 1,
    service: { name: 'agentlight', version: '0.1.0', epoch: await epochOf(hub) },
    user: 'owner',
    scopes: ['read', 'operate', 'report', 'admin'],
    heartbeatMs: 100,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    resumed: false,
  });
  const snapshot = await stream.snapshot();
  expect(snapshot).toMatchObject({ reason: 'new', fleet: await hub.fleet() });
  const seq = await say(hub, 'live');
  const event = await stream.event('error.reported');
  expect(event).toMatchObject({ seq, agent: 'a', actor: 'owner', data: { message: 'live' } });
  expect(stream.names().slice(0, 3)).toEqual(['hello', 'snapshot', 'error.reported']);
  expect(stream.text()).toMatch(/^retry: 1000\n\nevent: hello\n/);
  expect(stream.text()).toMatch(
    new RegExp(`\n\ndata: \\{"seq":${seq},.*\nid: ${hello.service.epoch}\\.${seq}\n\n`),
  );
});

test('proxies and caches are told to leave a stream alone', async () => {
  const { headers } = await hub.stream('/v1/stream');
  expect(headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    connection: 'close',
  });
  expect(headers).not.toHaveProperty('transfer-encoding');
  expect(headers).not.toHaveProperty('content-length');
});

test('a stream that was cut goes on with exactly what followed, by header or by query', async () => {
  const first = await hub.stream('/v1/stream');
  await first.snapshot();
  const seen = await say(hub, 'seen');
  await first.event('error.reported', (event) => event.seq === seen);
  const cursor = first.cursor();
  first.close();
  const missed = [await say(hub, 'missed 1'), await say(hub, 'missed 2')];
  const resumed = [
    await hub.stream('/v1/stream', { cursor }),
    await hub.stream(`/v1/stream?cursor=${cursor}`),
    // polyfills of EventSource add it to the address that they were opened with
    await hub.stream(`/v1/stream?cursor=earliest&lastEventId=${cursor}`),
    await hub.stream(`/v1/stream?last_event_id=${cursor}`),
    await hub.stream(`/v1/stream?lastEventId=&cursor=${cursor}`),
    // what a browser adds when it reconnects by itself counts more than the address it was given
    await hub.stream('/v1/stream?cursor=earliest', { cursor }),
  ];
  const live = await say(hub, 'live again');
  for (const stream of resumed) {
    expect((await stream.hello()).resumed).toBe(true);
    await stream.event('error.reported', (event) => event.seq === live);
    expect(stream.events().map((event) => event.seq)).toEqual([...missed, live]);
    expect(stream.names()).not.toContain('snapshot');
  }
});

test('"earliest" begins with the first event that is kept', async () => {
  const { cursor: before } = await hub.expect<Snapshot>(200, 'GET', '/v1/snapshot');
  const stream = await catchUp(hub, '/v1/stream?cursor=earliest');
  const [head] = await hub.sql<{ seq: number }[]>`select seq from head`;
  expect(stream.events().map(({ seq }) => seq)).toEqual(
    Array.from({ length: head?.seq ?? 0 }, (_, index) => index + 1),
  );
  expect(stream.cursor()).toBe(before);
  expect(stream.events()[0]?.type).toBe('service.started');
});

test('a stream that is wanted once ends when it has caught up', async () => {
  const fresh = await catchUp(hub, '/v1/stream');
  expect(fresh.names()).toEqual(['hello', 'snapshot']);
  const cursor = fresh.cursor();
  expect((await catchUp(hub, '/v1/stream', cursor)).names()).toEqual(['hello']);
  await say(hub, 'one more');
  expect((await catchUp(hub, '/v1/stream', cursor)).names()).toEqual(['hello', 'error.reported']);
});

test.each([
  ['another log', 'other-log', (_epoch: string, seq: number) => `abcdef.${seq}`],
  ['ahead of the log', 'ahead', (epoch: string, seq: number) => `${epoch}.${seq + 1}`],
] as const)('a cursor of %s gets the fleet, with the reason', async (_what, reason, make) => {
  const epoch = await epochOf(hub);
  const { seq } = await hub.fleet();
  const stream = await hub.stream('/v1/stream', { cursor: make(epoch, seq) });
  expect((await stream.hello()).resumed).toBe(false);
  expect(await stream.snapshot()).toMatchObject({ reason, cursor: `${epoch}.${seq}` });
  await say(hub, 'behind the snapshot');
  expect((await stream.event('error.reported')).seq).toBe(seq + 1);
});

test('a cursor far behind gets the fleet; one a little less far gets the events', async () => {
  const short = await startHub({ AGENTLIGHT_REPLAY_MAX_EVENTS: '5' });
  await short.register('a');
  const cursor = (await catchUp(short, '/v1/stream')).cursor();
  for (let count = 0; count < 5; count += 1) await say(short, `event ${count}`);
  expect((await catchUp(short, '/v1/stream', cursor)).events()).toHaveLength(5);
  await say(short, 'one too many');
  const late = await catchUp(short, '/v1/stream', cursor);
  expect(late.names()).toEqual(['hello', 'snapshot']);
  expect((await late.snapshot()).reason).toBe('far-behind');
});

test('a cursor in front of what was deleted gets the fleet, and "earliest" the rest', async () => {
  const aged = await startHub();
  await aged.register('a');
  const cursor = (await catchUp(aged, '/v1/stream')).cursor();
  const floor = await say(aged, 'will be deleted');
  await say(aged, 'is kept');
  await aged.stop();
  await aged.sql`delete from log where seq <= ${floor}`;
  await aged.sql`update floors set floor = ${floor}, detail_floor = ${floor}`;
  await aged.start();
  expect((await (await aged.stream('/v1/stream', { cursor })).snapshot()).reason).toBe('expired');
  const rest = (await catchUp(aged, '/v1/stream?cursor=earliest')).events();
  expect(rest[0]).toMatchObject({ seq: floor + 1, data: { message: 'is kept' } });
  expect(rest.at(-1)?.type).toBe('service.started');
});

test('heartbeats move the cursor of a stream for which nothing comes', async () => {
  const stream = await hub.stream('/v1/stream?type=agent.');
  const { cursor } = await stream.snapshot();
  const seq = await say(hub, 'not for you');
  const moved = `${cursor.split('.')[0]}.${seq}`;
  await eventually(() => stream.text().includes(`\n: heartbeat\nid: ${moved}\n\n`), 'the id');
  await eventually(() => stream.cursor() === moved, 'the cursor');
  expect(stream.names()).toEqual(['hello', 'snapshot']);
  expect((await catchUp(hub, '/v1/stream', stream.cursor())).events()).toEqual([]);
});

/** Everything that is answered to a request until the connection is closed. */
async function answerTo(url: string, words: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.setEncoding('utf8').write(words);
  let text = '';
  for await (const piece of socket) text += piece;
  return text;
}

test('HEAD tells what a stream would be, and opens none', async () => {
  const limited = await startHub({ AGENTLIGHT_MAX_STREAMS: '1' });
  await limited.register('a');
  const { seq } = await limited.fleet();
  for (const path of ['/v1/stream', '/v1/runners/r/commands?agent=a', '/v1/stream']) {
    const answer = await limited.send('HEAD', path);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const words = `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${OWNER_TOKEN}\r\n\r\n`;
    expect(await answerTo(limited.url, words)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s);
  }
  expect((await limited.fleet()).seq).toBe(seq);
  expect((await limited.send('HEAD', '/v1/stream?type=BAD')).status).toBe(400);
  await (await limited.stream('/v1/stream')).snapshot();
});

test('streams beyond the limit are refused until one has closed', async () => {
  const limited = await startHub({ AGENTLIGHT_MAX_STREAMS: '2' });
  await limited.register('a');
  const runner = await connectRunner(limited, 'r', ['a']);
  const watching = await limited.stream('/v1/stream');
  const { seq } = await limited.fleet();
  for (const path of ['/v1/stream', '/v1/runners/r/commands?agent=a']) {
    const answer = await limited.send('GET', path);
    expect(answer.status).toBe(429);
    expect(answer.text).toContain('/problems/too-many-streams');
    expect(answer.headers['retry-after']).toBe('10');
  }
  expect((await limited.fleet()).seq).toBe(seq);
  expect(runner.stream.names()).not.toContain('bye');
  watching.close();
  await eventually(async () => {
    const stream = await limited.stream(`/v1/stream?agent=${randomUUID()}`).catch(() => undefined);
    return stream?.snapshot();
  }, 'a free place');
});
