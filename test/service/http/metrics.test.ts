import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { uuid } from '../../support/fleet.ts';
import type { Hub } from './hub.ts';
import { startHub } from './hub.ts';

/** Values by name and labels, as Prometheus would read them. */
async function scrape(hub: Hub): Promise<Map<string, number>> {
  const { text, headers } = await hub.send('GET', '/metrics');
  expect(headers['content-type']).toContain('text/plain');
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    expect(line).toMatch(/^[a-z_:][a-zA-Z0-9_:]*(\{([a-z_]+="[^"\n]*",?)*\})? (\d|\+Inf|NaN|-)/);
    const at = line.lastIndexOf(' ');
    values.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return values;
}

test('what happens shows in the metrics', async () => {
  const hub = await startHub();
  await hub.register('a');
  const reader = await hub.stream('/v1/stream');
  const run = uuid(901);
  await hub.report([
    { type: 'run.started', agent: 'a', run },
    { type: 'run.succeeded', agent: 'a', run },
  ]);
  await hub.send('GET', '/v1/runs/nonsense');
  await hub.send('GET', `/nowhere/${uuid(1)}`);
  await eventually(() => reader.events().length === 2, 'the events');

  const values = await scrape(hub);
  const value = (name: string) => values.get(name);
  expect(value('agentlight_events_appended_total{type="run.started"}')).toBe(1);
  expect(value('agentlight_events_appended_total{type="agent.registered"}')).toBe(1);
  expect(value('agentlight_append_duration_seconds_count')).toBeGreaterThanOrEqual(3);
  expect(value('agentlight_streams_open{state="following"}')).toBe(1);
  expect(value('agentlight_streams_begun_total{from="new"}')).toBe(1);
  expect(value('agentlight_deliveries_total')).toBe(2);
  expect(value('agentlight_delivered_bytes_total')).toBeGreaterThan(100);
  expect(value('agentlight_fan_out_duration_seconds_count')).toBeGreaterThanOrEqual(1);
  expect(value('agentlight_database_up')).toBe(1);
  expect(value('agentlight_problems_total{type="invalid-request"}')).toBe(1);
  const requests = 'agentlight_http_requests_total';
  expect(value(`${requests}{method="POST",route="/v1/events",status="200"}`)).toBe(1);
  expect(value(`${requests}{method="GET",route="/v1/runs/:id",status="400"}`)).toBe(1);
  expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
});

test('no label has a value that clients invent', async () => {
  const hub = await startHub();
  for (const path of [
    '/invented',
    '/v1/invented',
    '/v1/agents/invented/runs',
    '/problems/invented',
  ]) {
    await hub.send('GET', path);
  }
  await hub.register('invented');
  const labels = [...(await scrape(hub)).keys()].filter((name) => name.includes('invented'));
  expect(labels).toEqual([]);
});
