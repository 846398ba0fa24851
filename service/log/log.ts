/**
 * The log as this process sees it: appends events, follows what other instances append, and publishes both to listeners.
 *
 * One loop does all of it, a step at a time, so that the fleet only moves forward and each event is published once, in
 * order:
 *
 *     take a batch of requests ─► decide ─► commit ─► fold ─► answer the requests ─► publish to the listeners
 *          ▲                        ▲         │
 *          │                        │         ├─ the log has grown: read and publish what others appended ─┐
 *          │                        │         └─ an id is in the log: read its event ──────────────────────┤
 *          │                        └──────────────────────────────────────────────────────────────────────┘
 *          └─ read and publish what others appended, when a notification or the poll says that there is more
 *
 * While the database stores one batch, the next one gathers, so batches grow with the load.
 */
import type { Logger } from 'pino';
import type { Actor, Command } from '../../protocol/decide/command.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import { fold } from '../../protocol/fleet/fold.ts';
import type { Problem } from '../../protocol/wire/problem.ts';
import type { Sql } from '../database/connect.ts';
import type { WaitingRequest } from './batch.ts';
import { takeBatch } from './batch.ts';
import type { AppendResult, IdsAndClock, Plan } from './plan.ts';
import { clientIds, plan } from './plan.ts';
import type { Floors, Head } from './store.ts';
import { compareAndAppend, PAGE_EVENTS, readByIds, readFleet, readPage } from './store.ts';

/** Receives each batch of events, in order, and the fleet after it. Must not throw. */
export type LogListener = (events: readonly LogEvent[], fleet: Fleet) => void;

/** Called by the log for metrics. */
export interface LogObserver {
  /** After each commit. */
  stored(events: readonly LogEvent[], durationMs: number): void;
  /** After each read of what other instances appended, which may be nothing. */
  followed(events: number): void;
  /** When the database did not answer. */
  failed(): void;
}

export interface LogOptions {
  /** One connection is enough: the log waits for each query before the next. */
  readonly sql: Sql;
  readonly logger: Logger;
  readonly observer?: LogObserver | undefined;
  readonly idsAndClock: IdsAndClock;
  /** How often to look for events of other instances, in case a notification was lost. */
  readonly pollMs: number;
}

export class Log {
  readonly epoch: string;
  readonly #sql: Sql;
  readonly #logger: Logger;
  readonly #idsAndClock: IdsAndClock;
  readonly #observer: LogObserver | undefined;
  readonly #listeners = new Set<LogListener>();
  readonly #gapListeners = new Set<() => void>();
  readonly #waiting: WaitingRequest[] = [];
  #fleet: Fleet;
  #floors: Floors;
  /** The highest position that the database announced; `Infinity` when the log may have grown by an unknown number. */
  #announcedSeq = 0;
  #loop: Promise<void> | undefined;
  #stopFollowing: (() => Promise<void>) | undefined;
  #closed = false;

  /** Reads the stored fleet and begins to follow the log. */
  static async open(options: LogOptions): Promise<Log> {
    const { head, fleet } = await readFleet(options.sql);
    const log = new Log(options, head, fleet);
    await log.#follow(options.pollMs);
    return log;
  }

  private constructor(
    { sql, logger, idsAndClock, observer }: LogOptions,
    { epoch, floor, detailFloor }: Head,
    fleet: Fleet,
  ) {
    this.epoch = epoch;
    this.#sql = sql;
    this.#logger = logger;
    this.#idsAndClock = idsAndClock;
    this.#observer = observer;
    this.#floors = { floor, detailFloor };
    this.#fleet = fleet;
  }

  /** The fleet after the newest event that this process knows. */
  get fleet(): Fleet {
    return this.#fleet;
  }

  /** Positions up to which events have been deleted, as far as this process knows. */
  get floors(): Floors {
    return this.#floors;
  }

  /** Calls `listener` with each batch of events from now on. Returns how to stop. */
  listen(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Calls `listener` when events were deleted before this process had read them, because it was cut off from the database
   * for longer than they are kept. The fleet is the current one, but no batch led to it. Returns how to stop.
   */
  onGap(listener: () => void): () => void {
    this.#gapListeners.add(listener);
    return () => this.#gapListeners.delete(listener);
  }

  /**
   * Decides `command` and stores the resulting events. Resolves after the commit with these events, or with a problem
   * that was decided on an up-to-date fleet. Never rejects.
   */
  append(command: Command, actor: Actor): Promise<AppendResult> {
    if (this.#closed) return Promise.resolve(unavailable('The service is shutting down.'));
    return new Promise((answer) => {
      this.#waiting.push({ command, actor, answer });
      this.#wake();
    });
  }

  /** Reads what other instances have appended. Resolves also when the database does not answer. */
  async refresh(): Promise<void> {
    this.#announce(Number.POSITIVE_INFINITY);
    await this.#loop;
  }

  /** Refuses new requests, answers the waiting ones, and stops following the log. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#loop) await this.#loop;
    await this.#stopFollowing?.();
  }

  async #follow(pollMs: number): Promise<void> {
    const look = () => this.#announce(Number.POSITIVE_INFINITY);
    // notifications are lost while their connection is broken, so each new connection begins with a read
    const subscription = await this.#sql.listen(
      'agentlight',
      (seq) => this.#announce(Number(seq)),
      look,
    );
    const timer = setInterval(look, pollMs);
    this.#stopFollowing = async () => {
      clearInterval(timer);
      await subscription.unlisten();
    };
  }

  #announce(seq: number): void {
    if (this.#closed) return;
    this.#announcedSeq = Math.max(this.#announcedSeq, seq);
    if (this.#isBehind) this.#wake();
  }

  get #isBehind(): boolean {
    return this.#announcedSeq > this.#fleet.seq;
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#isBehind;
  }

  #wake(): void {
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
      if (this.#hasWork) this.#wake();
    });
  }

  async #run(): Promise<void> {
    // requests that arrive in the same turn of the event loop share a commit
    await new Promise(setImmediate);
    while (this.#hasWork) {
      const batch = takeBatch(this.#waiting);
      try {
        if (this.#isBehind) await this.#catchUp();
        if (batch.length > 0) await this.#appendBatch(batch);
      } catch (error) {
        if (isDataError(error) && (await this.#appendOneByOne(batch))) continue;
        this.#fail(batch, error);
        // without requests there is no hurry: the next poll tries again
        if (batch.length === 0) return;
      }
    }
  }

  async #appendBatch(batch: readonly WaitingRequest[]): Promise<void> {
    const known = new Map<string, LogEvent>();
    let checkedSeq = -1;
    for (;;) {
      const planned = plan(this.#fleet, batch, known, this.#idsAndClock);
      const refuses = planned.results.some(({ problem }) => problem !== undefined);
      if (refuses && checkedSeq !== this.#fleet.seq) {
        // the fleet may be out of date, or the request may repeat an earlier one: look before refusing
        await this.#catchUp();
        await this.#readKnown(batch, known);
        checkedSeq = this.#fleet.seq;
        continue;
      }
      const commit = await this.#commit(planned);
      if (commit === 'log-has-grown') await this.#catchUp();
      if (commit === 'id-is-known') await this.#readKnown(batch, known);
      if (commit !== 'stored') continue;
      for (const [index, { answer }] of batch.entries()) {
        answer(planned.results[index] as AppendResult);
      }
      if (planned.events.length > 0) this.#publish(planned.events, planned.fleet);
      return;
    }
  }

  async #commit({ events, touched }: Plan): Promise<'stored' | 'log-has-grown' | 'id-is-known'> {
    if (events.length === 0) return 'stored';
    const beganMs = performance.now();
    try {
      const stored = await compareAndAppend(this.#sql, this.#fleet.seq, events, touched);
      if (!stored) return 'log-has-grown';
    } catch (error) {
      if (isUniqueViolation(error)) return 'id-is-known';
      throw error;
    }
    this.#observer?.stored(events, performance.now() - beganMs);
    return 'stored';
  }

  /** Adds to `known` the events of the log whose ids the batch repeats. */
  async #readKnown(batch: readonly WaitingRequest[], known: Map<string, LogEvent>): Promise<void> {
    const ids = batch.flatMap(({ command }) => clientIds(command)).filter((id) => !known.has(id));
    if (ids.length === 0) return;
    for (const event of await readByIds(this.#sql, ids)) known.set(event.id, event);
  }

  /**
   * After the database refused a value of the batch: stores each request by itself, so that only the bad one fails.
   *
   * @returns false when the database failed otherwise; some requests may have been answered by then.
   */
  async #appendOneByOne(batch: readonly WaitingRequest[]): Promise<boolean> {
    for (const request of batch) {
      try {
        await this.#appendBatch([request]);
      } catch (error) {
        if (!isDataError(error)) return false;
        this.#logger.warn({ err: error }, 'the database refused a value');
        const detail = 'The database refused to store this. Nothing of this request was stored.';
        request.answer({ problem: { type: 'invalid-request', detail } });
      }
    }
    return true;
  }

  #fail(batch: readonly WaitingRequest[], error: unknown): void {
    this.#logger.error({ err: error, requests: batch.length }, 'the database did not answer');
    this.#observer?.failed();
    // the commit may have happened all the same: read before the next one
    this.#announcedSeq = batch.length > 0 ? Number.POSITIVE_INFINITY : 0;
    const result = unavailable('The database does not answer. Try again in a moment.');
    for (const { answer } of batch) answer(result);
  }

  /** Reads, folds and publishes what other instances appended after our newest event. */
  async #catchUp(): Promise<void> {
    for (;;) {
      // an announcement from here on may be too late for this page, and causes another read
      this.#announcedSeq = 0;
      const { events, floor, floors } = await readPage(this.#sql, this.#fleet.seq, {
        detail: true,
      });
      this.#floors = floors;
      if (floor > this.#fleet.seq) {
        await this.#jump();
        continue;
      }
      this.#observer?.followed(events.length);
      if (events.length > 0) this.#publish(events, fold(this.#fleet, events));
      if (events.length < PAGE_EVENTS) return;
    }
  }

  async #jump(): Promise<void> {
    const { fleet } = await readFleet(this.#sql);
    this.#logger.warn({ from: this.#fleet.seq, to: fleet.seq }, 'events were deleted unread');
    this.#fleet = fleet;
    for (const listener of this.#gapListeners) listener();
  }

  #publish(events: readonly LogEvent[], fleet: Fleet): void {
    this.#fleet = fleet;
    for (const listener of this.#listeners) listener(events, fleet);
  }
}

function unavailable(detail: string): { problem: Problem } {
  return { problem: { type: 'unavailable', detail, retryAfterS: 1 } };
}

function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505';
}

/** SQLSTATE class 22: data exception. */
function isDataError(error: unknown): boolean {
  return sqlState(error).startsWith('22');
}

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
