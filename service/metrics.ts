/**
 * Metrics for Prometheus. Names follow its conventions: base units, `_total` for counters. Clients can't choose the
 * value of any label, so the number of series is bounded.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Problem } from '../protocol/wire/problem.ts';
import { PROBLEM_LIMITS } from '../protocol/wire/problem.ts';
import type { LogObserver } from './log/log.ts';
import type { NotifyObserver } from './notify/outbox.ts';
import { NOTICE_RESULTS } from './notify/outbox.ts';
import type { StreamsObserver, StreamsState } from './stream/streams.ts';

export interface ServiceMetrics {
  readonly log: LogObserver;
  readonly streams: StreamsObserver;
  /** A result of sending a notification. */
  readonly notice: NotifyObserver;
  /** A request was answered; a stream counts when it starts. @param route the pattern of the route, never the path. */
  request(labels: { method: string; route: string; status: number }, durationMs: number): void;
  problem(problem: Problem): void;
  /** Reads the state of the streams at every scrape. */
  watch(streams: () => StreamsState): void;
  /** All metrics in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

const DURATION_BUCKETS_S = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];
const COMMIT_BUCKETS_EVENTS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500];

/** @param version version of the service, for `agentlight_build_info`. */
export function createMetrics(version: string): ServiceMetrics {
  const registry = new Registry();
  // metrics of Node and the process: memory, CPU, garbage collection, event loop delay
  collectDefaultMetrics({ register: registry });
  const make = makers(registry);
  make.gauge('build_info', 'Always 1; the label has the version.', ['version']).set({ version }, 1);
  return {
    log: observeLog(make),
    streams: observeStreams(make),
    notice: observeNotices(make),
    ...observeRequests(make),
    watch: (streams) => watchStreams(streams, make),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

type Makers = ReturnType<typeof makers>;

/** Constructors for metrics with our prefix, in one registry. */
function makers(registry: Registry) {
  const common = <T extends string>(name: string, help: string, labelNames: readonly T[]) => ({
    name: `agentlight_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    /** @param collect updates the value at every scrape. */
    counter: <T extends string = never>(
      name: string,
      help: string,
      labelNames: readonly T[] = [],
      collect?: (this: Counter<T>) => void,
    ) => new Counter({ ...common(name, help, labelNames), ...(collect && { collect }) }),
    gauge: <T extends string = never>(
      name: string,
      help: string,
      labelNames: readonly T[] = [],
      collect?: (this: Gauge<T>) => void,
    ) => new Gauge({ ...common(name, help, labelNames), ...(collect && { collect }) }),
    histogram: <T extends string = never>(
      name: string,
      help: string,
      labelNames: readonly T[] = [],
      buckets: readonly number[] = DURATION_BUCKETS_S,
    ) => new Histogram({ ...common(name, help, labelNames), buckets: [...buckets] }),
  };
}

function observeLog({ counter, gauge, histogram }: Makers): LogObserver {
  const appended = counter('events_appended_total', 'Events that this instance appended.', [
    'type',
  ]);
  const append = histogram(
    'append_duration_seconds',
    'Time from the decision to the confirmed commit.',
  );
  const commit = histogram('commit_events', 'Events per commit.', [], COMMIT_BUCKETS_EVENTS);
  const followed = counter(
    'events_followed_total',
    'Events of other instances that this one has read.',
  );
  const up = gauge('database_up', '1 if the last query of the log succeeded, else 0.');
  const failures = counter(
    'database_failures_total',
    'Appends and reads that failed because of the database.',
  );
  up.set(1);
  return {
    stored(events, durationMs) {
      const counts = new Map<string, number>();
      for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1);
      for (const [type, count] of counts) appended.inc({ type }, count);
      commit.observe(events.length);
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
  };
}

function observeStreams({ counter, histogram }: Makers): StreamsObserver {
  const fanOut = histogram(
    'fan_out_duration_seconds',
    'Time from the commit to the write to the last reader that is not blocked.',
  );
  const replays = counter(
    'replays_total',
    'Streams that resumed from a cursor, by the source of the missed events.',
    ['source'],
  );
  const snapshots = counter('snapshots_total', 'Snapshots that were sent on streams, by reason.', [
    'reason',
  ]);
  const stuck = counter(
    'streams_stuck_total',
    'Readers that were closed because they accepted no data.',
  );
  // rate() would miss the first increment of a series that starts with it
  for (const source of ['ring', 'database']) replays.inc({ source }, 0);
  return {
    fannedOut: (durationMs) => fanOut.observe(durationMs / 1_000),
    replayed: (source) => replays.inc({ source }),
    snapshot: (reason) => snapshots.inc({ reason }),
    stuck: () => stuck.inc(),
  };
}

function observeNotices({ counter }: Makers): NotifyObserver {
  const notices = counter(
    'notifications_total',
    'Attempts to send notifications, and notifications that were not sent, by result.',
    ['target', 'result'],
  );
  for (const target of ['webhook', 'ntfy', 'slack']) {
    for (const result of NOTICE_RESULTS) notices.inc({ target, result }, 0);
  }
  return (target, result) => notices.inc({ target, result });
}

function observeRequests({
  counter,
  histogram,
}: Makers): Pick<ServiceMetrics, 'request' | 'problem'> {
  const requests = counter('http_requests_total', 'Requests that were answered.', [
    'method',
    'route',
    'status',
  ]);
  const duration = histogram('http_request_duration_seconds', 'Time until the response.', [
    'method',
    'route',
  ]);
  const problems = counter('problems_total', 'Requests that were refused, by problem type.', [
    'type',
  ]);
  const limits = counter('limits_hit_total', 'Requests that were refused because of a limit.', [
    'limit',
  ]);
  for (const limit of PROBLEM_LIMITS) limits.inc({ limit }, 0);
  return {
    request({ method, route, status }, durationMs) {
      requests.inc({ method, route, status });
      duration.observe({ method, route }, durationMs / 1_000);
    },
    problem({ type, limit }) {
      problems.inc({ type });
      if (limit !== undefined) limits.inc({ limit });
    },
  };
}

/** Metrics of state that the streams keep anyway: read at every scrape instead of counted per reader. */
function watchStreams(read: () => StreamsState, { counter, gauge }: Makers): void {
  gauge(
    'streams_open',
    'Open streams by kind and state: a blocked stream accepts no data, one that is behind reads from the database.',
    ['kind', 'state'],
    function collect() {
      for (const [kind, counts] of Object.entries(read().open)) {
        for (const [state, count] of Object.entries(counts)) this.set({ kind, state }, count);
      }
    },
  );
  counter(
    'deliveries_total',
    'Events written to readers.',
    [],
    syncTo(() => read().delivered.events),
  );
  counter(
    'delivered_bytes_total',
    'Bytes of events written to readers.',
    [],
    syncTo(() => read().delivered.bytes),
  );
}

/** Keeps a counter equal to a number that only grows. */
function syncTo(read: () => number): (this: Counter) => void {
  let known = 0;
  return function collect() {
    const now = read();
    this.inc(now - known);
    known = now;
  };
}
