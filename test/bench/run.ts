/**
 * `npm run bench`: the service beside its peers, under the same client, on this machine.
 *
 *     npm run bench                       all of it, three rounds; writes docs/benchmarks.md
 *     npm run bench -- --only=fanout      a part: fanout, latency, memory, replay, ingest
 *     npm run bench -- --rounds=1         quicker, and less to be trusted; writes nothing
 *
 * Rounds are interleaved (A, B, C, A, B, C …) as machines change their mind by a factor of two; ratios are those of
 * one round, and the median of the rounds is told.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { connect } from '../../service/database/connect.ts';
import { startEmbeddedPostgres } from '../../service/database/embedded.ts';
import { migrate } from '../../service/database/migrate.ts';
import {
  createNaiveTable,
  fanOut,
  fill,
  ingest,
  latency,
  memory,
  naiveInserts,
  replay,
} from './measures.ts';
import { compile, pinSelf } from './native.ts';
import { median, Report } from './report.ts';
import type { AgentlightOptions, Subject } from './subjects.ts';
import {
  ask,
  startAgentlight,
  startAgentlightTwice,
  startCeiling,
  startNaiveService,
  startNchan,
  startPeer,
} from './subjects.ts';

const PARTS = ['fanout', 'latency', 'memory', 'replay', 'ingest'] as const;
const { values } = parseArgs({
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '3' } },
});
const rounds = Number(values.rounds);
const wants = (part: (typeof PARTS)[number]) => (values.only ?? PARTS.join()).includes(part);

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-bench-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
const { client, ceiling } = compile(dir);
const logger = pino({ level: 'silent' });
const database = await startEmbeddedPostgres({
  dataDir: dir,
  log: logger,
  listen: 'loopback',
});
closing.defer(() => database.stop());
const { username, password, host, port } = database.connection;
const urlOf = (name: string) => `postgres://${username}:${password}@${host}:${port}/${name}`;
// the database is left where the system puts it; servers share one core, the client has the other
pinSelf();
let databases = 0;

const report = new Report();
const timed = { client, seconds: 3 };

async function inDatabase(statement: string): Promise<void> {
  const sql = await connect(database.connection, { log: logger, maxConnections: 1 });
  await sql.unsafe(statement);
  await sql.end();
}
async function freshDatabase() {
  const name = `bench${(databases += 1)}`;
  await inDatabase(`create database ${name}`);
  const drop = () => inDatabase(`drop database ${name} with (force)`);
  return { databaseUrl: urlOf(name), dir: join(dir, name), drop };
}
/** With a database of its own, which goes with it: what is left to do for it would slow down the next. */
async function withDatabase(
  start: (options: AgentlightOptions) => Promise<Subject>,
): Promise<Subject> {
  const { drop, ...options } = await freshDatabase();
  const subject = await start(options);
  return { ...subject, stop: () => subject.stop().then(drop) };
}
const agentlight = async (env: NodeJS.ProcessEnv = {}) =>
  withDatabase((options) => startAgentlight({ ...options, env }));
const agentlightTwice = () => withDatabase(startAgentlightTwice);
const nchan = () => startNchan(dir);
const betterSse = () => startPeer('better-sse', 'better-sse.ts');
const streamSse = () => startPeer('Hono streamSSE', 'hono-stream-sse.ts');
const coalescing = () => startCeiling(ceiling);
const ALL = [agentlight, nchan, betterSse, streamSse, coalescing];

/** What was written before must not be in the way of the next commits: it held up single ones for a tenth of a second. */
async function settleDisk(): Promise<void> {
  await inDatabase('checkpoint');
  execFileSync('sync');
}

/** A service is slower with its first thousands of requests, which says little about one that has run for a minute. */
async function warmUp(subject: Subject): Promise<void> {
  await fill(client, subject.port, 5_000, subject.args());
  await settleDisk();
}

/** Fresh for each measurement, so that none pays for another. */
async function each(
  starts: readonly (() => Promise<Subject | undefined>)[],
  measure: (subject: Subject) => Promise<void>,
): Promise<void> {
  for (const start of starts) {
    const subject = await start();
    if (!subject) continue;
    try {
      await settleDisk();
      await measure(subject);
    } finally {
      await subject.stop();
    }
  }
}

for (let round = 0; round < rounds; round += 1) {
  console.log(`round ${round + 1} of ${rounds}`);
  if (wants('fanout')) {
    for (const readers of [100, 1_000, 5_000]) {
      await each([...ALL, agentlightTwice], async (subject) => {
        await fanOut({ client, seconds: 0.5 }, subject, Math.min(readers, 100));
        report.add(
          `fan-out, ${readers} readers`,
          subject.name,
          await fanOut(timed, subject, readers),
        );
      });
    }
    await each([agentlight, agentlightTwice], async (subject) => {
      await warmUp(subject);
      const sustained = { rate: 4_000, warmSeconds: 10 };
      const { p50Ms, p99Ms } = await latency({ client, seconds: 10 }, subject, sustained);
      report.add('4,000 events/s, 1,000 readers: p50', subject.name, p50Ms);
      report.add('4,000 events/s, 1,000 readers: p99', subject.name, p99Ms);
    });
  }
  if (wants('latency')) {
    await each([agentlight, nchan, betterSse, streamSse, agentlightTwice], async (subject) => {
      await warmUp(subject);
      const calm = { rate: 50, warmSeconds: 3 };
      const { p50Ms, p99Ms, p999Ms } = await latency({ client, seconds: 15 }, subject, calm);
      report.add('50 events/s, 1,000 readers: p50', subject.name, p50Ms);
      report.add('50 events/s, 1,000 readers: p99', subject.name, p99Ms);
      report.add('50 events/s, 1,000 readers: p99.9', subject.name, p999Ms);
    });
  }
  // equal to one per cent every time
  if (wants('memory') && round === 0) {
    for (const readers of [5_000, 18_000]) {
      await each([agentlight, nchan, betterSse, streamSse], async (subject) => {
        report.add(
          `memory, ${readers} readers`,
          subject.name,
          await memory(timed, subject, readers),
        );
      });
    }
  }
  if (wants('replay')) {
    await each([agentlight], (subject) => measureReplay(subject, 'memory'));
    await each([() => agentlight({ AGENTLIGHT_STREAM_BUFFER_BYTES: '65536' })], (subject) =>
      measureReplay(subject, 'the database'),
    );
    await each([nchan], measureNchanReplay);
  }
  if (wants('ingest')) {
    for (const publishers of [1, 16, 256]) await measureIngest(publishers);
  }
}

report.print();
if (rounds >= 3 && values.only === undefined) await report.writeInto('docs/benchmarks.md', rounds);

/** Of one table like the log: filled by rows alone, by a service that does just that, and by Agentlight. */
async function measureIngest(publishers: number): Promise<void> {
  const { databaseUrl, drop } = await freshDatabase();
  const sql = await connect(databaseUrl, { log: logger, maxConnections: 64 });
  await migrate(sql, { log: logger });
  await createNaiveTable(sql);
  const naive = await naiveInserts(sql, 2, publishers);
  await sql.end();
  const batches = [1, 16, 64];
  const nameOf = (batch: number) => `ingest, ${publishers} publishers, ${batch} events a request`;
  const starts = [agentlight, () => startNaiveService(databaseUrl), agentlightTwice];
  await each(starts, async (subject) => {
    for (const batch of batches) {
      await ingest({ client, seconds: 1 }, subject, publishers, batch);
      report.add(nameOf(batch), subject.name, await ingest(timed, subject, publishers, batch));
    }
  });
  await drop();
  for (const batch of batches) report.add(nameOf(batch), 'naive inserts, without HTTP', naive);
}

/** 10,000 events to one reader, and a storm of 2,000 who are 100 behind. */
async function measureReplay(subject: Subject, source: string): Promise<void> {
  const args = subject.args();
  await fill(client, subject.port, 10_000, args);
  const { cursor } = (await ask(subject.port, 'GET', '/v1/snapshot')) as { cursor: string };
  const [epoch, seq] = cursor.split('.');
  const behind = (count: number) => `${epoch}.${Number(seq) - count}`;
  // the database is measured with a ring that holds only a part of it
  for (const _warm of [1, 2])
    await replay(timed, subject, { readers: 1, count: 10_000, cursor: behind(10_000), args });
  const ms = await replay(timed, subject, {
    readers: 1,
    count: 10_000,
    cursor: behind(10_000),
    args,
  });
  report.add(`replay of 10,000 events`, `${subject.name}, from ${source}`, ms);
  if (source !== 'memory') return;
  await measureStorm(subject, behind(100), args);
}

/** Code that runs for the first time takes twice as long, so the first is told by itself. */
async function measureStorm(
  subject: Subject,
  cursor: string,
  args: readonly string[],
): Promise<void> {
  const takenMs: number[] = [];
  for (let storms = 0; storms < 11; storms += 1) {
    takenMs.push(await replay(timed, subject, { readers: 2_000, count: 100, cursor, args }));
  }
  const [firstMs, ...others] = takenMs;
  const name = '2,000 readers come back, each 100 behind';
  report.add(`${name}, the first time`, subject.name, firstMs ?? Number.NaN);
  report.add(name, subject.name, median(others));
}

async function measureNchanReplay(subject: Subject): Promise<void> {
  const args = subject.args();
  const subscribe = args[args.indexOf('--path') + 1] ?? '';
  await fill(client, subject.port, 1, args);
  const first = await firstId(`http://127.0.0.1:${subject.port}${subscribe}`);
  await fill(client, subject.port, 10_000, args);
  for (const _warm of [1, 2])
    await replay(timed, subject, { readers: 1, count: 10_000, cursor: first, args });
  const ms = await replay(timed, subject, { readers: 1, count: 10_000, cursor: first, args });
  report.add(`replay of 10,000 events`, subject.name, ms);
  const fresh = subject.args();
  const channel = fresh[fresh.indexOf('--path') + 1] ?? '';
  await fill(client, subject.port, 1, fresh);
  const cursor = await firstId(`http://127.0.0.1:${subject.port}${channel}`);
  await fill(client, subject.port, 100, fresh);
  await measureStorm(subject, cursor, fresh);
}

/** What a peer says is the id of its first message. */
async function firstId(url: string): Promise<string> {
  const abort = new AbortController();
  const response = await fetch(url, {
    signal: AbortSignal.any([abort.signal, AbortSignal.timeout(10_000)]),
    headers: { Accept: 'text/event-stream' },
  });
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    const [, id] = /^id: ?(\S+)\n/m.exec(text) ?? [];
    if (id === undefined) continue;
    abort.abort();
    return id;
  }
  throw new Error(`${url} gave no id.`);
}
