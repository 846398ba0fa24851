/**
 * What is to be sent, in the database: it survives every process, and each notification is one instance's to send.
 *
 * The cursor moves and what it passed is queued in one transaction: an event is planned exactly once. Whoever sends
 * holds a lease on the row; if it dies, the notification is due again. So each is sent at least once, under one id.
 */
import type { TransactionSql } from 'postgres';
import type { Sql } from '../database/connect.ts';
import type { Notice } from './notice.ts';
import type { Planned } from './rules.ts';

type Transaction = TransactionSql<{ bigint: number }>;

/** Older than this is no news: so much is told of the time in which nobody looked. */
const NEWS_S = 900;
/** Longer than a try takes. */
const LEASE_MS = 30_000;
/** Notifications that may wait for one target; further ones are dropped. */
const QUEUE_LIMIT = 1_000;

/** A notification that this process is to send. */
export interface Claimed {
  readonly id: string;
  readonly notice: Notice;
  readonly unlessBrowser: boolean;
  /** This one included. */
  readonly tries: number;
}

/** Begins at the head of the log, if nobody has begun before, and clears away what is too old. */
export async function openQueue(sql: Sql): Promise<void> {
  await sql`insert into notify_cursor (seq) select seq from head on conflict do nothing`;
  await sql`delete from notices where due_at < now() - ${NEWS_S} * interval '1 second'`;
}

export interface QueueState {
  /** Up to where the log was looked through. */
  readonly seq: number;
  readonly planned: readonly Planned[];
}

/**
 * Moves the cursor over what `look` has seen, and queues what it has planned.
 *
 * @param look is given the position behind which to look.
 * @returns undefined while another instance is at it; otherwise with those that found no place in the queue.
 */
export async function advance(
  sql: Sql,
  newId: () => string,
  look: (tx: Transaction, afterSeq: number) => Promise<QueueState>,
): Promise<(QueueState & { readonly dropped: readonly Planned[] }) | undefined> {
  return sql.begin(async (tx) => {
    const [cursor] = await tx<{ seq: number }[]>`
      select greatest(seq, coalesce(
        (select max(seq) from marks where at < now() - ${NEWS_S} * interval '1 second'), 0)) as seq
      from notify_cursor for update of notify_cursor skip locked`;
    if (!cursor) return undefined;
    const looked = await look(tx, cursor.seq);
    const dropped: Planned[] = [];
    for (const planned of looked.planned) {
      if (!(await insert(tx, newId(), planned))) dropped.push(planned);
    }
    if (looked.seq > cursor.seq) await tx`update notify_cursor set seq = ${looked.seq}`;
    return { ...looked, dropped };
  });
}

async function insert(
  tx: Transaction,
  id: string,
  { target, notice, unlessBrowser, graceMs }: Planned,
): Promise<boolean> {
  const { count } = await tx`
    insert into notices (id, seq, target, notice, unless_browser, due_at)
    select ${id}, ${notice.seq}, ${target}, ${JSON.stringify(notice)}::text::json, ${unlessBrowser},
      now() + ${graceMs} * interval '1 millisecond'
    where (select count(*) from notices where target = ${target}) < ${QUEUE_LIMIT}
    on conflict do nothing`;
  return count > 0;
}

/** Names of targets for which something is due. */
export async function targetsDue(sql: Sql): Promise<string[]> {
  const rows = await sql<{ target: string }[]>`
    select distinct target from notices where due_at <= now()`;
  return rows.map(({ target }) => target);
}

export interface ClaimOptions {
  readonly target: string;
  readonly limit: number;
  /** Leaves those alone that are not for who has a browser open. */
  readonly onlyInAnyCase: boolean;
}

/** Takes over what is due, oldest first. */
export async function claim(
  sql: Sql,
  { target, limit, onlyInAnyCase }: ClaimOptions,
): Promise<Claimed[]> {
  const rows = await sql<{ id: string; notice: Notice; unless_browser: boolean; tries: number }[]>`
    update notices set tries = tries + 1, due_at = now() + ${LEASE_MS} * interval '1 millisecond'
    -- an array is made once: a subquery may be planned so that it runs, and locks, for every row
    where id = any(array(
      select id from notices
      where target = ${target} and due_at <= now() and not (${onlyInAnyCase} and unless_browser)
      order by due_at
      limit ${limit}
      for update skip locked
    ))
    returning id, notice, unless_browser, tries`;
  return rows.map(({ id, notice, unless_browser: unlessBrowser, tries }) => ({
    id,
    notice,
    unlessBrowser,
    tries,
  }));
}

/** It was sent, or is not needed any more, or is given up. */
export async function settle(sql: Sql, id: string): Promise<void> {
  await sql`delete from notices where id = ${id}`;
}

/** Lets go of it until it is tried again. */
export async function postpone(sql: Sql, id: string, waitMs: number): Promise<void> {
  await sql`
    update notices set due_at = now() + ${Math.round(waitMs)} * interval '1 millisecond' where id = ${id}`;
}
