/** The measurements, one function each: a figure for one subject in one round. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { Sql } from '../../service/database/connect.ts';
import type { ClientResult } from './native.ts';
import { runClient, startClient } from './native.ts';
import type { BenchSubject } from './subjects.ts';
import { memoryKb } from './subjects.ts';

const PUBLISHERS = 16;
/** Events under way: more than a turn of any server's loop takes. */
const WINDOW = 512;

export interface Measured {
  /** Path of the compiled client. */
  readonly client: string;
  readonly seconds: number;
}

/** Deliveries a second at full speed, with `WINDOW` events under way. */
export async function fanOut(
  { client, seconds }: Measured,
  subject: BenchSubject,
  readers: number,
) {
  const batch = Math.min(subject.batch, WINDOW / PUBLISHERS);
  const result = await runClient(client, [
    ...['fanout', '--port', String(subject.port), '--readers', String(readers)],
    ...['--seconds', String(seconds), '--window', String(WINDOW)],
    ...['--publishers', String(PUBLISHERS), '--batch', String(batch), ...subject.args()],
  ]);
  return result.perSecond;
}

/** From the moment when an event is due until each of 1,000 readers has it, at 50 events a second. */
export function latency(client: string, subject: BenchSubject): Promise<ClientResult> {
  return runClient(client, [
    ...['rate', '--port', String(subject.port), '--readers', '1000', '--rate', '50'],
    // 15 seconds after 3 that do not count
    ...['--seconds', '15', '--warm', '3'],
    ...['--publishers', String(PUBLISHERS), '--batch', String(subject.batch), ...subject.args()],
  ]);
}

/** Resident kilobytes of the server's process for each idle stream. */
export async function memory(client: string, subject: BenchSubject, readers: number) {
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

export interface ReplayOptions {
  readonly count: number;
  /** The id of the last event that the reader has. */
  readonly cursor: string;
  readonly args: readonly string[];
}

/** Milliseconds from connecting until a reader has the `count` events after `cursor`; the third of three times. */
export async function replay(client: string, port: number, options: ReplayOptions) {
  const { count, cursor, args } = options;
  let ms = Number.NaN;
  for (let time = 0; time < 3; time += 1) {
    const result = await runClient(client, [
      ...['replay', '--port', String(port), '--readers', '1', '--count', String(count)],
      ...['--reader-header', `Last-Event-ID: ${cursor}`, ...args],
    ]);
    ({ ms } = result);
  }
  return ms;
}

/** Publishes `count` events, without readers. */
export async function publishEvents(
  client: string,
  port: number,
  count: number,
  args: readonly string[],
) {
  await runClient(client, [
    ...['rate', '--port', String(port), '--count', String(count), '--rate', '1000000'],
    ...['--readers', '0', '--publishers', '1', ...args],
  ]);
}

/** Events stored a second, with `batch` events in a request, which is answered after its commit. */
export async function ingest(
  { client, seconds }: Measured,
  subject: BenchSubject,
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

/** Creates a table like the log, whose positions come from a sequence. */
export async function createNaiveTable(sql: Sql): Promise<void> {
  await sql`create table naive (like log including all)`;
  await sql`create sequence naive_seq owned by naive.seq`;
  await sql`alter table naive alter seq set default nextval('naive_seq')`;
}

/** Events stored a second without a service: one `insert` and commit each, on a connection for each publisher. */
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
