/**
 * Deletes old events by age and by count, high-volume events first, in small batches in the background.
 *
 * The floor is raised before anything below it is deleted, so a reader either gets every event or learns that some are
 * gone. An event's age counts from its commit, by the database's clock.
 */
import type { Logger } from 'pino';
import type { TransactionSql } from 'postgres';
import type { Sql } from '../database/connect.ts';
import type { Log } from './log.ts';

const DAY_S = 86_400;
/** Rows deleted in one transaction, which takes a few milliseconds. */
const BATCH_ROWS = 1_000;
/** Key for `pg_try_advisory_xact_lock`, so that one instance deletes at a time. */
const LOCK_KEY = 4_747_002;

export interface RetentionOptions {
  readonly sql: Sql;
  readonly log: Log;
  readonly logger: Logger;
  readonly keepEvents: number;
  readonly keepDays: number;
  readonly keepDetailEvents: number;
  readonly keepDetailDays: number;
  readonly retentionIntervalMs: number;
}

export class Retention {
  readonly #options: RetentionOptions;
  readonly #timer: NodeJS.Timeout;
  #sweeping: Promise<void> | undefined;
  #closed = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.sweep(), options.retentionIntervalMs);
  }

  /** Deletes events beyond the limits. One sweep runs at a time. A failure is logged, and the next sweep tries again. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep()
      .catch((error: unknown) => this.#options.logger.warn({ err: error }, 'retention failed'))
      .finally(() => {
        this.#sweeping = undefined;
      });
    return this.#sweeping;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    await this.#exclusively((tx) => this.#raiseFloors(tx));
    const deletedDetail = await this.#deleteAll(
      (tx) => tx`
        delete from log where seq in (
          select seq from log, floors where detail and seq <= detail_floor order by seq limit ${BATCH_ROWS}
        )`,
    );
    const deleted = await this.#deleteAll(
      (tx) => tx`
        delete from log where seq in (
          select seq from log, floors where seq <= floor order by seq limit ${BATCH_ROWS}
        )`,
    );
    // a run goes with its first event, unless the fleet still shows it
    const shown = Object.keys(this.#options.log.fleet.runs);
    const runs = await this.#deleteAll(
      (tx) => tx`
        delete from runs where id in (
          select id from runs, floors where seq <= floor and id <> all(${shown}::uuid[]) limit ${BATCH_ROWS}
        )`,
    );
    if (deletedDetail + deleted + runs === 0) return;
    this.#options.logger.info({ deletedDetail, deleted, runs }, 'deleted old events');
  }

  async #raiseFloors(tx: TransactionSql<{ bigint: number }>): Promise<number> {
    const { keepEvents, keepDetailEvents, keepDays, keepDetailDays } = this.#options;
    await tx`insert into marks (seq) select seq from head on conflict do nothing`;
    await tx`
      with target as (
        select
          greatest(0, head.seq - ${keepEvents}, ${seqBefore(tx, keepDays)}) as floor,
          greatest(0, head.seq - ${keepDetailEvents}, ${seqBefore(tx, keepDetailDays)}) as detail_floor
        from head
      )
      update floors set
        floor = greatest(floors.floor, target.floor),
        detail_floor = greatest(floors.detail_floor, target.detail_floor, floors.floor, target.floor)
      from target`;
    const keptMarksS = Math.max(keepDays, keepDetailDays) * DAY_S;
    await tx`
      delete from marks
      where at < (
        select max(at) from marks where at < now() - ${keptMarksS} * interval '1 second'
      )`;
    return 0;
  }

  async #deleteAll(
    deleteBatch: (tx: TransactionSql<{ bigint: number }>) => PromiseLike<{ count: number }>,
  ): Promise<number> {
    let deleted = 0;
    while (!this.#closed) {
      const count = await this.#exclusively(async (tx) => (await deleteBatch(tx)).count);
      deleted += count;
      if (count < BATCH_ROWS) break;
    }
    return deleted;
  }

  /** @returns 0 when another instance is deleting. */
  async #exclusively(
    work: (tx: TransactionSql<{ bigint: number }>) => Promise<number>,
  ): Promise<number> {
    return this.#options.sql.begin(async (tx) => {
      const [lock] = await tx<{ taken: boolean }[]>`
        select pg_try_advisory_xact_lock(${LOCK_KEY}) as taken`;
      return lock?.taken === true ? work(tx) : 0;
    });
  }
}

/** The head of the log `days` days ago. */
function seqBefore(tx: TransactionSql<{ bigint: number }>, days: number) {
  return tx`coalesce(
    (select max(seq) from marks where at < now() - ${days * DAY_S} * interval '1 second'), 0)`;
}
