/** What is measured, one function each: a number for one subject in one round. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { Sql } from '../../service/database/connect.ts';
import type { ClientResult } from './native.ts';
import { runClient, startClient } from './native.ts';
import type { Subject } from './subjects.ts';
import { memoryKb } from './subjects.ts';

const PUBLISHERS = 16;
/** Events that may be under way: more than a turn of any loop takes. */
const WINDOW = 512;

export interface Measured {
  readonly client: string;
  readonly seconds: number;
}

/** Deliveries a second, as fast as it goes, while `WINDOW` events are under way. */
export async function fanOut({ client, seconds }: Measured, subject: Subject, readers: number) {
  const batch = Math.min(subject.batch, WINDOW / PUBLISHERS);
  const result = await runClient(client, [
    ...['fanout', '--port', String(subject.port), '--readers', String(readers)],
    ...['--seconds', String(seconds), '--window', String(WINDOW)],
    ...['--publishers', String(PUBLISHERS), '--batch', String(batch), ...subject.args()],
  ]);
  return result.perSecond;
}

/** From the moment when an event was due to its arrival at each of 1,000 readers, once they come for `warmSeconds`. */
export function latency(
  { client, seconds }: Measured,
  subject: Subject,
  { rate, warmSeconds }: { readonly rate: number; readonly warmSeconds: number },
): Promise<ClientResult> {
  return runClient(client, [
    ...['rate', '--port', String(subject.port), '--readers', '1000', '--rate', String(rate)],
    ...['--seconds', String(seconds), '--warm', String(warmSeconds)],
    ...['--publishers', String(PUBLISHERS), '--batch', String(subject.batch), ...subject.args()],
  ]);
}

/** Resident kilobytes of the server's process for each open stream on which nothing happens. */
export async function memory({ client }: Measured, subject: Subject, readers: number) {
  const beforeKb = memoryKb(subject.pid);
  const args = ['--port', String(subject.port), '--readers', String(readers), ...subject.args()];
  const child = startClient(client, ['idle', ...args]);
  const ready = once(child.stdout as NodeJS.ReadableStream, 'data');
  const [exitCode] = (await Promise.race([ready, once(child, 'exit')])) as [unknown];
  if (typeof exitCode === 'number') throw new Error(`${subject.name} did not let all readers in`);
  await delay(2_000);
  const afterKb = memoryKb(subject.pid);
  child.stdin?.end('\n');
  await once(child, 'close');
  return (afterKb - beforeKb) / readers;
}

/** Milliseconds until each of `readers`, who connect at once, has the `count` events behind `cursor`. */
export async function replay(
  { client }: Measured,
  subject: Subject,
  { readers, count, cursor, args }: ReplayOptions,
) {
  const result = await runClient(client, [
    ...['replay', '--port', String(subject.port), '--readers', String(readers)],
    ...['--count', String(count), '--reader-header', `Last-Event-ID: ${cursor}`, ...args],
  ]);
  return result.ms;
}

export interface ReplayOptions {
  readonly readers: number;
  readonly count: number;
  readonly cursor: string;
  readonly args: readonly string[];
}

/** Publishes `count` events to nobody. */
export async function fill(client: string, port: number, count: number, args: readonly string[]) {
  await runClient(client, [
    ...['rate', '--port', String(port), '--count', String(count), '--rate', '1000000'],
    ...['--readers', '0', '--publishers', '1', ...args],
  ]);
}

/** Events a second that are stored, `batch` of them in a request, which waits for its commit. */
export async function ingest(
  { client, seconds }: Measured,
  subject: Subject,
  publishers: number,
  batch: number,
) {
  const result = await runClient(client, [
    ...['ingest', '--port', String(subject.port), '--readers', '0', '--pad', '100'],
    ...['--seconds', String(seconds), '--publishers', String(publishers)],
    ...['--batch', String(batch), ...subject.args()],
  ]);
  return result.perSecond;
}

/** A table like the log, whose positions come from a sequence. */
export async function createNaiveTable(sql: Sql): Promise<void> {
  await sql`create table naive (like log including all)`;
  await sql`create sequence naive_seq owned by naive.seq`;
  await sql`alter table naive alter seq set default nextval('naive_seq')`;
}

/** The same without us: an `insert` of one row and its commit, on a connection for each publisher. */
export async function naiveInserts(sql: Sql, seconds: number, publishers: number): Promise<number> {
  const endMs = performance.now() + seconds * 1_000;
  const run = uuidv7();
  const data = JSON.stringify({
    name: 'checkpoint',
    url: `https://bench.example/${'x'.repeat(111)}`,
  });
  let stored = 0;
  const publish = async () => {
    while (performance.now() < endMs) {
      await sql`
        insert into naive (id, time, type, agent, run, detail, data)
        values (${uuidv7()}, now(), 'artifact.created', 'bench', ${run}, false, ${data}::text::json)
      `;
      stored += 1;
    }
  };
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: publishers }, publish));
  return stored / ((performance.now() - beganMs) / 1_000);
}
