import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Hub } from './hub.ts';
import { OWNER_TOKEN, startHub } from './hub.ts';
import { send } from './request.ts';
import { onDatabase, startServe, whenListening } from './serve-process.ts';
import type { StreamReader } from './stream-reader.ts';
import { openStream } from './stream-reader.ts';

const RUN = '0198c2f4-0000-7000-8000-00000000000a';
/** More than the buffers of a connection hold. */
const EVENTS = 1_500;
const TEXT = 'x'.repeat(16_000);

const settings = { AGENTLIGHT_MAX_BODY_BYTES: '20000000', AGENTLIGHT_HEARTBEAT_MS: '100' };

async function startLoudHub(rest: Record<string, string> = {}): Promise<Hub> {
  const hub = await startHub({ ...settings, ...rest });
  await hub.register('a');
  await hub.report([{ type: 'run.started', agent: 'a', run: RUN }]);
  return hub;
}

/** Returns the position of the last event. */
async function beLoud(hub: Hub): Promise<number> {
  const events = Array.from({ length: EVENTS / 2 }, () => ({
    type: 'run.output',
    agent: 'a',
    run: RUN,
    data: { stream: 'stdout', text: TEXT },
  }));
  await hub.report(events);
  const answers = await hub.report(events);
  return answers.at(-1)?.seq ?? 0;
}

const positions = (stream: StreamReader) => stream.events().map(({ seq }) => seq);
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('a reader that pauses for a while gets everything in order on the same stream', async () => {
  const hub = await startLoudHub();
  const stream = await hub.stream(`/v1/stream?run=${RUN}`);
  const { fleet } = await stream.snapshot();
  stream.pause();
  const last = await beLoud(hub);
  stream.resume();
  await eventually(() => positions(stream).at(-1) === last, 'the last event');
  expect(positions(stream)).toEqual(range(fleet.seq + 1, last));
});

test('a reader that stops reading is closed as stuck, and loses nothing when it is back', async () => {
  const hub = await startLoudHub({ AGENTLIGHT_STUCK_READER_MS: '1000' });
  const path = `/v1/stream?run=${RUN}`;
  const stuck = await hub.stream(path);
  const other = await hub.stream(path);
  const { fleet } = await stuck.snapshot();
  stuck.pause();
  const last = await beLoud(hub);
  await eventually(() => hub.logText().includes('closed a reader that takes nothing'), 'the end');
  stuck.resume();
  await stuck.ended;
  const got = positions(stuck);
  expect(got.length).toBeLessThan(EVENTS);

  const back = await hub.stream(path, { cursor: stuck.cursor() });
  await eventually(() => positions(back).at(-1) === last, 'the last event');
  expect([...got, ...positions(back)]).toEqual(range(fleet.seq + 1, last));
  await eventually(() => positions(other).at(-1) === last, 'the others');
  expect(positions(other)).toEqual(range(fleet.seq + 1, last));
});

/** Resident memory of a service in MB. */
async function memoryOf(url: string): Promise<number> {
  const headers = { Authorization: `Bearer ${OWNER_TOKEN}` };
  const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1_048_576;
}

test('fifty readers that take nothing cost the service no memory for what they have not got', async () => {
  const env = { AGENTLIGHT_MAX_BODY_BYTES: '20000000', AGENTLIGHT_OWNER_TOKEN: OWNER_TOKEN };
  const serve = startServe(['--port', '0', ...(await onDatabase())], env);
  const url = await whenListening(serve);
  const token = OWNER_TOKEN;
  await send(url, 'PUT', '/v1/agents/a', { token, body: { name: 'A' } });
  const readers = await Promise.all(
    Array.from({ length: 50 }, () => openStream(url, '/v1/stream', { token })),
  );
  for (const reader of readers) {
    onTestFinished(reader.close);
    await reader.snapshot();
    reader.pause();
  }
  const beforeMb = await memoryOf(url);
  const event = { type: 'error.reported', agent: 'a', data: { message: 'x'.repeat(2_000) } };
  const body = { events: Array.from({ length: 1_000 }, () => event) };
  for (let count = 0; count < 12; count += 1) {
    expect((await send(url, 'POST', '/v1/events', { token, body })).status).toBe(200);
  }
  // 26 MB for each of them is 1,300 MB
  expect((await memoryOf(url)) - beforeMb).toBeLessThan(400);
});
