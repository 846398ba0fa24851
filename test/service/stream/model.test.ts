/** Random histories on two instances of one database, with readers that break off, pause and come back. */
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { LogEvent } from '../../../protocol/events/event.ts';
import type { Fleet } from '../../../protocol/fleet/fleet.ts';
import { EMPTY_FLEET } from '../../../protocol/fleet/fleet.ts';
import { fold } from '../../../protocol/fleet/fold.ts';
import { Retention } from '../../../service/log/retention.ts';
import type { LogFilter } from '../../../service/log/store.ts';
import { matchesFilter, restrictFleet } from '../../../service/stream/filter.ts';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { uuid } from '../../support/fleet.ts';
import { register, REPORTER, reportErrors } from '../../support/log.ts';
import { Hub, ModelReader } from './model-world.ts';

const FILTERS: readonly LogFilter[] = [
  { detail: false },
  { detail: true },
  { agents: ['a'], detail: false },
  { types: ['error.'], detail: false },
  { run: uuid(900), detail: true },
];

type Step =
  | { kind: 'publish'; instance: number; agent: 'a' | 'b'; count: number }
  | { kind: 'output'; instance: number; count: number }
  | { kind: 'open'; instance: number; filter: number }
  | { kind: 'reopen'; instance: number; reader: number }
  | { kind: 'break'; reader: number }
  | { kind: 'pause' | 'resume'; reader: number }
  | { kind: 'sweep'; keep: number }
  | { kind: 'restart'; instance: number };

const instance = fc.nat(1);
const reader = fc.nat(5);
const count = fc.integer({ min: 1, max: 60 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('publish'),
      instance,
      agent: fc.constantFrom('a', 'b'),
      count,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('output'), instance, count }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('open'),
      instance,
      filter: fc.nat(FILTERS.length - 1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reopen'), instance, reader }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('break'), reader }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('pause', 'resume'), reader }) },
  fc.record({ kind: fc.constant('sweep'), keep: fc.constantFrom(0, 20, 100) }),
  fc.record({ kind: fc.constant('restart'), instance }),
);

test('every reader gets each event of its filter once and in order, or a snapshot that equals the fold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
      await using world = await World.begin();
      for (const one of steps) await world.perform(one);
      await world.settle();
      world.verify();
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 120_000);

class World implements AsyncDisposable {
  readonly #database: Awaited<ReturnType<typeof createTestDatabase>>;
  readonly #instances: Hub[] = [];
  readonly #readers: ModelReader[] = [];
  /** All events that were ever in the log. */
  readonly #truth: LogEvent[] = [];

  private constructor(database: Awaited<ReturnType<typeof createTestDatabase>>) {
    this.#database = database;
  }

  static async begin(): Promise<World> {
    const world = new World(await createTestDatabase());
    for (const at of [0, 1]) world.#instances[at] = await Hub.open(world.#database.url);
    const { log } = world.#hub(0);
    world.#note(await register(log, 'a'));
    world.#note(await register(log, 'b'));
    const started = { type: 'run.started', agent: 'a', run: uuid(900), data: {} };
    world.#note(await log.append({ type: 'report', events: [started] }, REPORTER));
    return world;
  }

  async perform(one: Step): Promise<void> {
    switch (one.kind) {
      case 'publish':
        this.#note(
          await this.#hub(one.instance).log.append(reportErrors(one.agent, one.count), REPORTER),
        );
        return;
      case 'output': {
        const data = { stream: 'stdout', text: 'x'.repeat(500) };
        const output = { type: 'run.output', agent: 'a', run: uuid(900), data };
        const events = Array.from({ length: one.count }, () => output);
        this.#note(await this.#hub(one.instance).log.append({ type: 'report', events }, REPORTER));
        return;
      }
      case 'open': {
        const opened = new ModelReader(FILTERS[one.filter] as LogFilter);
        this.#readers.push(opened);
        await opened.connect(this.#hub(one.instance));
        return;
      }
      case 'reopen':
        await this.#readers[one.reader]?.connect(this.#hub(one.instance));
        return;
      case 'break':
        this.#readers[one.reader]?.disconnect();
        return;
      case 'pause':
        this.#readers[one.reader]?.pause();
        return;
      case 'resume':
        this.#readers[one.reader]?.resume();
        return;
      case 'sweep':
        await this.#sweep(one.keep);
        return;
      case 'restart':
        await this.#hub(one.instance).close();
        this.#instances[one.instance] = await Hub.open(this.#database.url);
    }
  }

  /** Waits until every reader is at the end of the log. */
  async settle(): Promise<void> {
    const head = this.#truth.at(-1)?.seq ?? 0;
    for (const one of this.#readers) {
      one.resume();
      await eventually(async () => {
        if (!one.isConnected) await one.connect(this.#hub(0));
        return one.hasAll(this.#truth, head);
      }, `a reader to have all of ${head}`);
    }
  }

  verify(): void {
    for (const one of this.#readers) {
      let at = -1;
      for (const item of one.got) {
        if (item.kind === 'snapshot') {
          const { fleet } = item.snapshot;
          const expected = restrictFleet(this.#fleetAt(fleet.seq), one.filter);
          expect(fleet).toEqual(JSON.parse(JSON.stringify(expected)));
          expect(fleet.seq).toBeGreaterThanOrEqual(at);
          at = fleet.seq;
          continue;
        }
        const next = this.#truth.find(
          ({ seq }, index) => seq > at && this.#matchesFilter(one, index),
        );
        expect(item.event).toEqual(JSON.parse(JSON.stringify(next)));
        at = item.event.seq;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#readers) one.disconnect();
    for (const hub of this.#instances) await hub.close();
    await this.#database.drop();
  }

  #hub(at: number): Hub {
    return this.#instances[at] as Hub;
  }

  #matchesFilter({ filter }: ModelReader, index: number): boolean {
    return matchesFilter(filter, this.#truth[index] as LogEvent);
  }

  #fleetAt(seq: number): Fleet {
    return fold(EMPTY_FLEET, this.#truth.slice(0, seq));
  }

  #note({ events = [] }: { events?: readonly LogEvent[] }): void {
    for (const event of events) this.#truth[event.seq - 1] = event;
  }

  async #sweep(keep: number): Promise<void> {
    const retention = new Retention({
      sql: this.#database.sql,
      log: this.#hub(0).log,
      logger: pino({ level: 'silent' }),
      keepEvents: keep,
      keepDays: 1_000,
      keepDetailEvents: Math.floor(keep / 2),
      keepDetailDays: 1_000,
      retentionIntervalMs: 3_600_000,
    });
    await retention.sweep();
    await retention.close();
  }
}
