import { expect, test } from 'vitest';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { uuid } from '../../support/fleet.ts';
import type { Hub } from '../http/hub.ts';
import { startHub } from '../http/hub.ts';
import { connectRunner } from '../http/runner.ts';
import { readExposition } from './exposition.ts';

/** Scrapes like Prometheus. Returns a function that gives the value of a series, or 0 if there is none. */
async function scrape(hub: Hub, token?: string): Promise<(series: string) => number> {
  const { text, headers, status } = await hub.send('GET', '/metrics', token ? { token } : {});
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  const families = [...readExposition(text).values()];
  const samples = new Map(families.flatMap((family) => [...family.samples]));
  return (series) => samples.get(`agentlight_${series}`)?.value ?? 0;
}

async function reportErrors(hub: Hub, count: number): Promise<void> {
  const event = { type: 'error.reported', agent: 'a', data: { message: 'x'.repeat(500) } };
  await hub.report(Array.from({ length: count }, () => event));
}

test('the text is valid for Prometheus, and every metric has our prefix or that of Node', async () => {
  const hub = await startHub();
  const { text } = await hub.send('GET', '/metrics');
  const families = [...readExposition(text).values()];
  expect(families.length).toBeGreaterThan(30);
  for (const { name } of families) expect(name).toMatch(/^(agentlight|process|nodejs)_[a-z0-9_]+$/);
  expect(text).toContain('agentlight_build_info{version="0.1.0"} 1\n');
  for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']) {
    const family = families.find((one) => one.name === name);
    expect(family?.samples.get(name)?.value).toBeGreaterThanOrEqual(0);
  }
});

test('appended and delivered events are counted', async () => {
  const hub = await startHub();
  await hub.register('a');
  const before = await scrape(hub);
  const readers = [await hub.stream('/v1/stream'), await hub.stream('/v1/stream')];
  const run = uuid(901);
  await hub.report([
    { type: 'run.started', agent: 'a', run },
    { type: 'run.succeeded', agent: 'a', run },
  ]);
  for (const reader of readers) await eventually(() => reader.events().length === 2, 'the events');

  const now = await scrape(hub);
  const increase = (series: string) => now(series) - before(series);
  expect(before('events_appended_total{type="agent.registered"}')).toBe(1);
  expect(increase('events_appended_total{type="run.started"}')).toBe(1);
  expect(increase('append_duration_seconds_count')).toBe(1);
  expect(increase('append_duration_seconds_sum')).toBeGreaterThan(0);
  expect(increase('commit_events_sum')).toBe(2);
  expect(increase('commit_events_bucket{le="1"}')).toBe(0);
  expect(increase('commit_events_bucket{le="2"}')).toBe(1);
  expect(increase('fan_out_duration_seconds_count')).toBe(1);
  expect(increase('deliveries_total')).toBe(4);
  const bytes = readers.map((reader) =>
    Buffer.byteLength(reader.text().slice(reader.text().indexOf('data: {"seq":'))),
  );
  expect(increase('delivered_bytes_total')).toBe((bytes[0] ?? 0) + (bytes[1] ?? 0));
  expect(now('database_up')).toBe(1);
});

test('streams are counted by kind, and by how they resumed', async () => {
  const hub = await startHub({ AGENTLIGHT_STREAM_BUFFER_BYTES: '65536' });
  await hub.register('a');
  const { cursor } = await hub.expect<Snapshot>(200, 'GET', '/v1/snapshot');
  const main = await hub.stream('/v1/stream');
  await hub.stream('/v1/stream?agent=a');
  await connectRunner(hub, 'r', ['a']);
  const resumed = await hub.stream('/v1/stream', { cursor });
  const foreign = await hub.stream('/v1/stream', { cursor: 'another.1' });
  await foreign.snapshot();
  // more than the ring buffer holds
  for (let n = 0; n < 4; n += 1) await reportErrors(hub, 1_000);
  const late = await hub.stream('/v1/stream', { cursor });
  for (const reader of [main, resumed, foreign, late]) {
    await eventually(() => reader.events().length >= 4_000, 'all events');
  }

  const value = await scrape(hub);
  expect(value('streams_open{kind="main",state="following"}')).toBe(4);
  expect(value('streams_open{kind="filtered",state="following"}')).toBe(1);
  expect(value('streams_open{kind="runner",state="following"}')).toBe(1);
  expect(value('streams_open{kind="main",state="behind"}')).toBe(0);
  expect(value('replays_total{source="ring"}')).toBe(1);
  expect(value('replays_total{source="database"}')).toBeGreaterThanOrEqual(1);
  expect(value('snapshots_total{reason="new"}')).toBe(3);
  expect(value('snapshots_total{reason="other-log"}')).toBe(1);
  // events replayed from the database are counted, too
  expect(value('deliveries_total')).toBeGreaterThanOrEqual(5 * 4_000);
});

test('a reader that accepts no data is counted as blocked, then as stuck', async () => {
  const run = uuid(902);
  const settings = { AGENTLIGHT_STUCK_READER_MS: '600', AGENTLIGHT_HEARTBEAT_MS: '100' };
  const hub = await startHub({ ...settings, AGENTLIGHT_MAX_BODY_BYTES: '20000000' });
  await hub.register('a');
  await hub.report([{ type: 'run.started', agent: 'a', run }]);
  const stuck = await hub.stream(`/v1/stream?run=${run}`);
  await stuck.snapshot();
  stuck.pause();
  const data = { stream: 'stdout', text: 'x'.repeat(16_000) };
  const outputs = Array.from({ length: 700 }, () => ({
    type: 'run.output',
    agent: 'a',
    run,
    data,
  }));
  await hub.report(outputs);
  await eventually(
    async () => (await scrape(hub))('streams_open{kind="filtered",state="blocked"}') === 1,
    'a blocked reader',
  );
  await eventually(
    async () => (await scrape(hub))('streams_stuck_total') === 1,
    'the reader to be closed',
  );
  expect((await scrape(hub))('streams_open{kind="filtered",state="blocked"}')).toBe(0);
});

test('every refusal is counted by type, and every exceeded limit by name', async () => {
  const hub = await startHub({
    AGENTLIGHT_MAX_STREAMS_PER_TOKEN: '1',
    AGENTLIGHT_MAX_STREAMS: '2',
    AGENTLIGHT_MAX_BODY_BYTES: '30000',
  });
  await hub.register('a');
  const other = await hub.token('other', ['read']);
  const another = await hub.token('another', ['read']);
  await hub.stream('/v1/stream');
  await hub.send('GET', '/v1/stream');
  await hub.stream('/v1/stream', { token: other });
  await hub.send('GET', '/v1/stream', { token: another });
  await hub.send('POST', '/v1/events', { body: 'x'.repeat(40_000) });
  await hub.send('POST', '/v1/events', {
    body: { events: Array.from({ length: 1_001 }, () => ({})) },
  });
  const message = 'x'.repeat(3_000);
  const long = { type: 'error.reported', agent: 'a', data: { message } };
  await hub.send('POST', '/v1/events', { body: { events: [long] } });
  await hub.send('GET', '/v1/runs/nonsense');
  await hub.send('GET', '/nowhere');
  await hub.send('DELETE', '/healthz');
  await hub.send('GET', '/v1/stream', { token: 'unknown' });
  for (let n = 0; n < 12; n += 1) {
    await hub.send('POST', '/v1/pair', { body: { code: 'WXYZ-WXYZ' }, token: undefined });
  }

  const value = await scrape(hub);
  expect(value('limits_hit_total{limit="streams_per_token"}')).toBe(1);
  expect(value('limits_hit_total{limit="streams"}')).toBe(1);
  expect(value('limits_hit_total{limit="body_bytes"}')).toBe(1);
  expect(value('limits_hit_total{limit="batch_events"}')).toBe(1);
  expect(value('limits_hit_total{limit="event_size"}')).toBe(1);
  expect(value('limits_hit_total{limit="pairing_attempts"}')).toBe(2);
  const problems = {
    'too-many-streams': 2,
    'too-large': 1,
    'invalid-request': 3,
    'not-found': 1,
    'method-not-allowed': 1,
    'unauthorized': 1,
    'invalid-code': 10,
    'rate-limited': 2,
  };
  for (const [type, count] of Object.entries(problems)) {
    expect([type, value(`problems_total{type="${type}"}`)]).toEqual([type, count]);
  }
  const requests = (labels: string) => value(`http_requests_total{${labels}}`);
  expect(requests('method="GET",route="/v1/runs/:id",status="400"')).toBe(1);
  expect(requests('method="GET",route="/v1/stream",status="429"')).toBe(2);
  expect(requests('method="GET",route="/v1/stream",status="200"')).toBe(2);
  const timed = 'http_request_duration_seconds_count{method="POST",route="/v1/pair"}';
  expect(value(timed)).toBe(12);
});

test('clients can’t choose the value of a label', async () => {
  const hub = await startHub();
  const paths = ['', '/v1', '/v1/agents', '/v1/runs', '/problems', '/v1/runners/invented/commands'];
  for (const path of paths) {
    for (const method of ['GET', 'PUT', 'OPTIONS']) {
      await hub.send(method, `${path}/invented?invented=1`, {
        headers: { Origin: 'http://invented' },
      });
      await hub.send(method, `${path}/invented`);
    }
  }
  await hub.register('invented');
  await connectRunner(hub, 'invented', ['invented']);
  const { text } = await hub.send('GET', '/metrics');
  expect(text).not.toContain('invented');
});

test('database_up shows a failing database and its recovery', async () => {
  const hub = await startHub({ AGENTLIGHT_POLL_MS: '50' });
  expect((await scrape(hub))('database_up')).toBe(1);
  await hub.sql`alter table log rename to gone`;
  await eventually(async () => (await scrape(hub))('database_up') === 0, 'database_up to be 0');
  expect((await scrape(hub))('database_failures_total')).toBeGreaterThan(0);
  await hub.sql`alter table gone rename to log`;
  await eventually(async () => (await scrape(hub))('database_up') === 1, 'database_up to be 1');
});

test('no counter decreases when all readers have to start over after a gap in the log', async () => {
  const hub = await startHub();
  await hub.register('a');
  const readers = [await hub.stream('/v1/stream'), await hub.stream('/v1/stream?agent=a')];
  await reportErrors(hub, 10);
  for (const reader of readers) await eventually(() => reader.events().length === 10, 'all events');
  const before = (await scrape(hub))('deliveries_total');
  expect(before).toBe(20);
  // as if other instances had appended, and retention had deleted, while this instance was disconnected
  await hub.sql`update head set seq = seq + 5`;
  await hub.sql`update floors set floor = seq, detail_floor = seq from head`;
  await hub.sql`select pg_notify('agentlight', seq::text) from head`;
  for (const reader of readers) expect(await reader.bye()).toMatchObject({ reason: 'behind' });
  const again = await hub.stream('/v1/stream');
  await reportErrors(hub, 1);
  await again.event('error.reported');
  expect((await scrape(hub))('deliveries_total')).toBe(before + 1);
});
