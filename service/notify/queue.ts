/**
 * The queue of notifications, in the database, so that it survives a restart and all instances can share it.
 *
 * One transaction advances the cursor and queues the notifications of the events that it passed, so that every event
 * is planned exactly once. The instance that sends a notification holds a lease on its row; if the instance dies, the
 * notification is due again. Each is therefore sent at least once, always with the same id.
 */
import type { TransactionSql } from 'postgres';
import type { Sql } from '../database/connect.ts';
import type { Notice } from './notice.ts';
import type { PlannedNotice } from './rules.ts';

type Transaction = TransactionSql<{ bigint: number }>;

/** Ignore events that are older than this. */
const MAX_AGE_S = 900;
/** Longer than an attempt can take. */
const LEASE_MS = 30_000;
/** Maximum number of queued notifications per target; further ones are dropped. */
const QUEUE_LIMIT = 1_000;

/** A notification that this instance has leased in order to send it. */
export interface ClaimedNotice {
  readonly id: string;
  readonly notice: Notice;
  readonly unlessBrowser: boolean;
  /** Number of attempts, including this one. */
  readonly attempts: number;
}

/** Sets the cursor to the head of the log if there is none, and deletes outdated notifications. */
export async function openQueue(sql: Sql): Promise<void> {
  await sql`insert into notify_cursor (seq) select seq from head on conflict do nothing`;
  await sql`delete from notices where due_at < now() - ${MAX_AGE_S} * interval '1 second'`;
}

/** The result of scanning part of the log. */
export interface ScanResult {
  /** Position up to which the log was scanned. */
  readonly seq: number;
  readonly planned: readonly PlannedNotice[];
}

/**
 * Advances the cursor over the events that `scan` has handled, and queues the notifications that it has planned.
 *
 * @param scan gets the position after which to read.
 * @returns undefined while another instance scans; otherwise the result, with the notifications that did not fit.
 */
export async function advance(
  sql: Sql,
  newId: () => string,
  scan: (tx: Transaction, afterSeq: number) => Promise<ScanResult>,
): Promise<(ScanResult & { readonly dropped: readonly PlannedNotice[] }) | undefined> {
  return sql.begin(async (tx) => {
    const [cursor] = await tx<{ seq: number }[]>`
      select greatest(seq, coalesce(
        (select max(seq) from marks where at < now() - ${MAX_AGE_S} * interval '1 second'), 0)) as seq
      from notify_cursor for update of notify_cursor skip locked`;
    if (!cursor) return undefined;
    const scanned = await scan(tx, cursor.seq);
    const dropped: PlannedNotice[] = [];
    for (const planned of scanned.planned) {
      if (!(await insert(tx, newId(), planned))) dropped.push(planned);
    }
    if (scanned.seq > cursor.seq) await tx`update notify_cursor set seq = ${scanned.seq}`;
    return { ...scanned, dropped };
  });
}

async function insert(
  tx: Transaction,
  id: string,
  { target, notice, unlessBrowser, graceMs }: PlannedNotice,
): Promise<boolean> {
  const { count } = await tx`
    insert into notices (id, seq, target, notice, unless_browser, due_at)
    select ${id}, ${notice.seq}, ${target}, ${JSON.stringify(notice)}::text::json, ${unlessBrowser},
      now() + ${graceMs} * interval '1 millisecond'
    where (select count(*) from notices where target = ${target}) < ${QUEUE_LIMIT}
    on conflict do nothing`;
  return count > 0;
}

/** Names of the targets that have notifications due. */
export async function targetsDue(sql: Sql): Promise<string[]> {
  const rows = await sql<{ target: string }[]>`
    select distinct target from notices where due_at <= now()`;
  return rows.map(({ target }) => target);
}

export interface ClaimOptions {
  readonly target: string;
  readonly limit: number;
  /** Skip notifications that must not be sent while a browser is open. */
  readonly skipUnlessBrowser: boolean;
}

/** Leases the notifications that are due, oldest first. */
export async function claim(
  sql: Sql,
  { target, limit, skipUnlessBrowser }: ClaimOptions,
): Promise<ClaimedNotice[]> {
  const rows = await sql<{ id: string; notice: Notice; unless_browser: boolean; tries: number }[]>`
    update notices set tries = tries + 1, due_at = now() + ${LEASE_MS} * interval '1 millisecond'
    -- the array is evaluated once; a plain subquery may run, and lock, for every row
    where id = any(array(
      select id from notices
      where target = ${target} and due_at <= now() and not (${skipUnlessBrowser} and unless_browser)
      order by due_at
      limit ${limit}
      for update skip locked
    ))
    returning id, notice, unless_browser, tries`;
  return rows.map(({ id, notice, unless_browser: unlessBrowser, tries: attempts }) => ({
    id,
    notice,
    unlessBrowser,
    attempts,
  }));
}

/** Deletes a notification that was sent, is no longer needed, or was given up. */
export async function settle(sql: Sql, id: string): Promise<void> {
  await sql`delete from notices where id = ${id}`;
}

/** Ends the lease, and makes the notification due after `waitMs`. */
export async function postpone(sql: Sql, id: string, waitMs: number): Promise<void> {
  await sql`
    update notices set due_at = now() + ${Math.round(waitMs)} * interval '1 millisecond' where id = ${id}`;
}
