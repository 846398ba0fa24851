/**
 * What whoever runs the service can watch, for Prometheus. Names follow its conventions: base units, `_total`
 * for counters. No label has a value that clients can invent.
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
  /** What became of a notification that the service sends itself. */
  readonly notice: NotifyObserver;
  /** A request was answered; a stream counts when it begins. @param route its pattern, never its path. */
  request(labels: { method: string; route: string; status: number }, durationMs: number): void;
  problem(problem: Problem): void;
  /** Asks for the state of the streams whenever somebody looks. */
  watch(streams: () => StreamsState): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

const DURATION_BUCKETS_S = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];
const COMMIT_BUCKETS_EVENTS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500];

/** @param version of the service, for `agentlight_build_info`. */
export function createMetrics(version: string): ServiceMetrics {
  const registry = new Registry();
  // of Node and the process: memory, CPU, garbage collection, the delay of the event loop
  collectDefaultMetrics({ register: registry });
  const make = makers(registry);
  make.gauge('build_info', 'Always 1; the version is a label.', ['version']).set({ version }, 1);
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

/** Metrics of ours, all in one registry. */
function makers(registry: Registry) {
  const common = <T extends string>(name: string, help: string, labelNames: readonly T[]) => ({
    name: `agentlight_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    /** @param collect sets the value whenever somebody looks. */
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
  const appended = counter('events_appended_total', 'Events that this instance stored.', ['type']);
  const append = histogram(
    'append_duration_seconds',
    'From the decision until the commit is known here.',
  );
  const commit = histogram('commit_events', 'Events in one commit.', [], COMMIT_BUCKETS_EVENTS);
  const followed = counter('events_followed_total', 'Events of other instances that were read.');
  const up = gauge('database_up', '1 when the database answered the last time it was asked.');
  const failures = counter(
    'database_failures_total',
    'Appends and reads that the database failed.',
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
    'From the commit until it is written to the last reader that takes something.',
  );
  const replays = counter(
    'replays_total',
    'Readers that went on from their cursor, by where what they had missed came from.',
    ['source'],
  );
  const snapshots = counter('snapshots_total', 'States that were sent on streams, by why.', [
    'reason',
  ]);
  const stuck = counter('streams_stuck_total', 'Readers that were closed as they took nothing.');
  // a series that begins with its first event hides that event from rate()
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
    'Tries to notify people elsewhere, and notifications without one, by what became of them.',
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
  const requests = counter('http_requests_total', 'Requests.', ['method', 'route', 'status']);
  const duration = histogram('http_request_duration_seconds', 'Until the answer.', [
    'method',
    'route',
  ]);
  const problems = counter('problems_total', 'Refused requests.', ['type']);
  const limits = counter('limits_hit_total', 'Requests that were refused as too much.', ['limit']);
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

/** Numbers that are there anyway: read when somebody asks, not counted for each reader. */
function watchStreams(read: () => StreamsState, { counter, gauge }: Makers): void {
  gauge(
    'streams_open',
    'Open streams: blocked ones take nothing right now, those behind are fed from the database.',
    ['kind', 'state'],
    function collect() {
      for (const [kind, counts] of Object.entries(read().open)) {
        for (const [state, count] of Object.entries(counts)) this.set({ kind, state }, count);
      }
    },
  );
  counter(
    'deliveries_total',
    'Events written, once for each reader.',
    [],
    setTo(() => read().delivered.events),
  );
  counter(
    'delivered_bytes_total',
    'Bytes of events written, once for each reader.',
    [],
    setTo(() => read().delivered.bytes),
  );
}

/** Brings a counter to where a number is that only grows. */
function setTo(read: () => number): (this: Counter) => void {
  let known = 0;
  return function collect() {
    const now = read();
    this.inc(now - known);
    known = now;
  };
}
