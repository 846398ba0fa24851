/** Clients that we did not write, and a service that restarts under them. */
import { spawn } from 'node:child_process';
import { EventSource } from 'eventsource';
import { expect, onTestFinished, test } from 'vitest';
import type { LogEvent } from '../../../protocol/event.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hub } from './hub.ts';
import { OWNER_TOKEN, startHub } from './hub.ts';

const PAGE = 'https://status.example';

async function report(hub: Hub, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await hub.report([{ type: 'error.reported', agent: 'a', data: { message: `error ${n}` } }]);
  }
}

async function expectAll(hub: Hub, events: readonly LogEvent[]): Promise<void> {
  const history = await hub.history();
  const head = history.at(-1)?.seq;
  await eventually(() => events.at(-1)?.seq === head, 'everything to arrive');
  const first = events[0]?.seq ?? 0;
  expect(events.map(({ seq }) => seq)).toEqual(
    history.map(({ seq }) => seq).filter((seq) => seq >= first),
  );
}

test('the package eventsource resumes by itself over a restart', async () => {
  const hub = await startHub();
  await hub.register('a');
  const token = await hub.token('reader', ['read']);
  const source = new EventSource(`${hub.url}/v1/stream?token=${token}`);
  onTestFinished(() => source.close());
  const events: LogEvent[] = [];
  let isOpen = false;
  source.addEventListener('hello', () => (isOpen = true));
  source.addEventListener('message', ({ data }) =>
    events.push(JSON.parse(data as string) as LogEvent),
  );
  await eventually(() => isOpen, 'the stream to be open');
  await report(hub, 20);
  await hub.stop();
  await hub.start();
  await report(hub, 20);
  await expectAll(hub, events);
});

test('curl shows what follows a cursor', async () => {
  const hub = await startHub();
  await hub.register('a');
  await report(hub, 3);
  const { text } = await hub.send('GET', '/v1/snapshot');
  const { cursor } = JSON.parse(text) as { cursor: string };
  const [epoch, seq] = cursor.split('.');
  const lines = curl(hub, ['-H', `Last-Event-ID: ${epoch}.${Number(seq) - 2}`, '/v1/stream']);
  await eventually(() => lines.ids().length === 2, 'the two events');
  await report(hub, 1);
  await eventually(() => lines.ids().length === 3, 'a live one');
  expect(lines.ids()).toEqual(
    [Number(seq) - 1, Number(seq), Number(seq) + 1].map((n) => `${epoch}.${n}`),
  );
});

test('a page of an allowed origin may read, and nothing else', async () => {
  const hub = await startHub({ AGENTLIGHT_ALLOWED_ORIGINS: PAGE });
  const headers = { Origin: PAGE };
  const preflight = await hub.send('OPTIONS', '/v1/snapshot', { headers, token: undefined });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': PAGE,
    'access-control-allow-headers': 'Authorization, Last-Event-ID',
  });
  const read = await hub.send('GET', '/v1/snapshot', { headers });
  expect(read.headers).toMatchObject({ 'access-control-allow-origin': PAGE, vary: 'Origin' });
  const unknown = await hub.send('GET', '/v1/snapshot', { headers, token: 'wrong' });
  expect([unknown.status, unknown.headers['access-control-allow-origin']]).toEqual([401, PAGE]);
  const written = await hub.send('POST', '/v1/pairing-codes', { headers });
  expect(written.status).toBe(403);
  const other = await hub.send('GET', '/v1/snapshot', {
    headers: { Origin: 'https://other.example' },
  });
  expect([other.status, other.headers['access-control-allow-origin']]).toEqual([403, undefined]);
});

test('an address takes no token that can do more than read', async () => {
  const hub = await startHub();
  const reader = await hub.token('reader', ['read']);
  const operator = await hub.token('operator', ['read', 'operate']);
  const get = (path: string) => hub.send('GET', path, { token: undefined });
  expect((await get(`/v1/stream?once=1&token=${reader}`)).status).toBe(200);
  expect((await get(`/v1/stream?once=1&token=${operator}`)).text).toContain('/problems/forbidden');
  expect((await get(`/v1/stream?once=1&token=${OWNER_TOKEN}`)).status).toBe(403);
  expect((await get(`/v1/snapshot?token=${reader}`)).status).toBe(401);
  expect(hub.logText()).not.toContain(reader);
});

test('one token opens so many streams, and no more', async () => {
  const hub = await startHub({ AGENTLIGHT_MAX_STREAMS_PER_TOKEN: '2' });
  const mine = await hub.token('mine', ['read']);
  const [first] = await Promise.all([1, 2].map(() => hub.stream('/v1/stream', { token: mine })));
  const { status, headers } = await hub.send('GET', '/v1/stream', { token: mine });
  expect([status, headers['retry-after']]).toEqual([429, '10']);
  await hub.stream('/v1/stream');
  first?.close();
  await eventually(
    async () => (await hub.send('GET', '/v1/stream?once=1', { token: mine })).status === 200,
    'room for another',
  );
});

/** The real program, following the stream. */
function curl(hub: Hub, args: readonly string[]) {
  const [path, ...flags] = args.toReversed();
  const child = spawn('curl', [
    '-sN',
    '-H',
    `Authorization: Bearer ${OWNER_TOKEN}`,
    ...flags.toReversed(),
    hub.url + path,
  ]);
  onTestFinished(() => void child.kill());
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { ids: () => [...text.matchAll(/^id: (\S+)\ndata/gm)].map(([, id]) => id) };
}
