/**
 * What whoever runs the service can watch, for Prometheus. Names follow its conventions: base units, `_total`
 * for counters. No label has a value that clients can invent.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { LogObserver } from './log/log.ts';
import type { StreamsObserver, StreamsState } from './stream/streams.ts';

export interface Metrics {
  readonly log: LogObserver;
  readonly streams: StreamsObserver;
  /** A request was answered; a stream counts when it begins. @param route its pattern, never its path. */
  request(labels: { method: string; route: string; status: number }, durationMs: number): void;
  problem(type: string): void;
  /** Asks for the state of the streams whenever somebody looks. */
  watch(streams: () => StreamsState): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

const FAST_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Counter({ name: `agentlight_${name}`, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Histogram({
      name: `agentlight_${name}`,
      help,
      labelNames,
      buckets: FAST_BUCKETS_S,
      registers,
    });
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Gauge({ name: `agentlight_${name}`, help, labelNames, registers });

  gauge('build_info', 'Always 1; the version is a label.', ['version']).set({ version }, 1);
  const appended = counter('events_appended_total', 'Events that this instance stored.', ['type']);
  const append = histogram('append_duration_seconds', 'From the decision to the commit.');
  const batch = new Histogram({
    name: 'agentlight_commit_events',
    help: 'Events in one commit.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500],
    registers,
  });
  const followed = counter('events_followed_total', 'Events of other instances that were read.');
  const up = gauge('database_up', '1 when the database answered the last time it was asked.');
  const failures = counter(
    'database_failures_total',
    'Appends and reads that the database failed.',
  );
  const fanOut = histogram('fan_out_duration_seconds', 'From the commit to the last ready reader.');
  const began = counter('streams_begun_total', 'How streams began.', ['from']);
  const stuck = counter('streams_stuck_total', 'Readers that were closed as they took nothing.');
  const requests = counter('http_requests_total', 'Requests.', ['method', 'route', 'status']);
  const duration = histogram('http_request_duration_seconds', 'Until the answer.', [
    'method',
    'route',
  ]);
  const problems = counter('problems_total', 'Refused requests.', ['type']);
  up.set(1);

  return {
    log: {
      stored(events, durationMs) {
        for (const { type } of events) appended.inc({ type });
        batch.observe(events.length);
        append.observe(durationMs / 1_000);
        up.set(1);
      },
      followed(events) {
        if (events > 0) followed.inc(events);
        up.set(1);
      },
      failed() {
        failures.inc();
        up.set(0);
      },
    },
    streams: {
      fannedOut: (durationMs) => fanOut.observe(durationMs / 1_000),
      began: (from) => began.inc({ from }),
      stuck: () => stuck.inc(),
    },
    request({ method, route, status }, durationMs) {
      requests.inc({ method, route, status });
      duration.observe({ method, route }, durationMs / 1_000);
    },
    problem: (type) => problems.inc({ type }),
    watch: (streams) => watchStreams(streams, registers),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Numbers that are there anyway: read when somebody asks, not counted for each reader. */
function watchStreams(read: () => StreamsState, registers: Registry[]): void {
  const open = new Gauge({
    name: 'agentlight_streams_open',
    help: 'Open streams: blocked ones take nothing right now, those behind are fed from the database.',
    labelNames: ['state'],
    registers,
    collect() {
      const { open: all, blocked, behind } = read();
      open.set({ state: 'blocked' }, blocked);
      open.set({ state: 'behind' }, behind);
      open.set({ state: 'following' }, all - blocked - behind);
    },
  });
  delivered('deliveries_total', 'Events written, once for each reader.', 'deliveredEvents');
  delivered('delivered_bytes_total', 'Bytes written to readers.', 'deliveredBytes');

  function delivered(name: string, help: string, key: 'deliveredEvents' | 'deliveredBytes') {
    let known = 0;
    const total = new Counter({
      name: `agentlight_${name}`,
      help,
      registers,
      collect() {
        const now = read()[key];
        total.inc(now - known);
        known = now;
      },
    });
  }
}
