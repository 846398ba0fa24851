/**
 * `npm run bench`: the service and its peers, under the same client, on this machine.
 *
 *     npm run bench                       everything, three rounds; writes the table of docs/benchmarks.md
 *     npm run bench -- --only=fanout      a part: fanout, latency, memory, replay, ingest
 *     npm run bench -- --rounds=1         faster and less reliable; writes nothing
 *
 * The speed of a machine changes over minutes. So each round measures all subjects one after the other, ratios are
 * between figures of a round, and the table has the medians of the rounds.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openPool } from '../../service/database/connect.ts';
import { startEmbeddedPostgres } from '../../service/database/embedded.ts';
import { migrate } from '../../service/database/migrate.ts';
import {
  createNaiveTable,
  fanOut,
  ingest,
  latency,
  memory,
  naiveInserts,
  publishEvents,
  replay,
} from './measures.ts';
import { compile, pinSelf } from './native.ts';
import { BenchReport } from './report.ts';
import type { BenchSubject } from './subjects.ts';
import {
  requestJson,
  startAgentlight,
  startCeiling,
  startNaiveService,
  startNchan,
  startPeer,
} from './subjects.ts';

const PARTS = ['fanout', 'latency', 'memory', 'replay', 'ingest'] as const;
/** Publishers, and events in a request. */
const LOADS: readonly (readonly [publishers: number, batch: number])[] = [
  [1, 1],
  [1, 16],
  [16, 1],
  [16, 16],
  [256, 16],
];

const { values } = parseArgs({
  options: { only: { type: 'string' }, rounds: { type: 'string', default: '3' } },
});
const rounds = Number(values.rounds);
const wants = (part: (typeof PARTS)[number]) => (values.only ?? PARTS.join()).includes(part);

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-bench-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
const { client, ceiling } = compile(dir);
const timed = { client, seconds: 3 };
const logger = pino({ level: 'silent' });
const database = await startEmbeddedPostgres({ dataDir: dir, log: logger, listen: 'loopback' });
closing.defer(() => database.stop());
// the database runs on whatever core the system chooses; all servers share one
pinSelf();
let databases = 0;
const report = new BenchReport();

const agentlight = async (env: NodeJS.ProcessEnv = {}): Promise<BenchSubject> => {
  const { databaseUrl, name, drop } = await createDatabase();
  const subject = await startAgentlight({ databaseUrl, dir: join(dir, name), env });
  return { ...subject, stop: () => subject.stop().then(drop) };
};
const nchan = () => startNchan(dir);
const betterSse = () => startPeer('better-sse', 'better-sse.ts');
const streamSse = () => startPeer('Hono streamSSE', 'hono-stream-sse.ts');
const coalescing = () => startCeiling(ceiling);

for (let round = 0; round < rounds; round += 1) {
  console.log(`round ${round + 1} of ${rounds}`);
  if (wants('fanout')) {
    await each([agentlight, nchan, betterSse, streamSse, coalescing], async (subject) => {
      await fanOut({ client, seconds: 0.5 }, subject, 100);
      report.add('fan-out, 1000 readers', subject.name, await fanOut(timed, subject, 1_000));
    });
  }
  if (wants('latency')) {
    await each([agentlight, nchan, betterSse, streamSse], async (subject) => {
      await warmUp(subject);
      const { p50Ms, p99Ms } = await latency(client, subject);
      report.add('50 events/s, 1,000 readers: p50', subject.name, p50Ms);
      report.add('50 events/s, 1,000 readers: p99', subject.name, p99Ms);
    });
  }
  // memory is the same in each round
  if (wants('memory') && round === 0) {
    await each([agentlight, nchan, betterSse, streamSse], async (subject) => {
      const kilobytes = await memory(client, subject, 5_000);
      report.add('memory of an idle reader, of 5000', subject.name, kilobytes);
    });
  }
  if (wants('replay')) {
    const smallRing = () => agentlight({ AGENTLIGHT_STREAM_BUFFER_BYTES: '65536' });
    await each([agentlight], (subject) => measureReplay(subject, 'Agentlight, from memory'));
    await each([smallRing], (subject) => measureReplay(subject, 'Agentlight, from the database'));
    await each([nchan], measureNchanReplay);
  }
  if (wants('ingest')) {
    for (const [publishers, batch] of LOADS) await measureIngest(publishers, batch);
  }
}

report.print();
if (rounds >= 3 && values.only === undefined) await report.writeInto('docs/benchmarks.md', rounds);

/** Starts each subject anew, so that no measurement affects the next, and measures it. */
async function each(
  starts: readonly (() => Promise<BenchSubject | undefined>)[],
  measure: (subject: BenchSubject) => Promise<void>,
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

async function runStatement(statement: string): Promise<void> {
  const sql = await openPool(database.connection, { log: logger, maxConnections: 1 });
  await sql.unsafe(statement);
  await sql.end();
}

async function createDatabase() {
  databases += 1;
  const name = `bench${databases}`;
  await runStatement(`create database ${name}`);
  const { username, password, host, port } = database.connection;
  return {
    name,
    databaseUrl: `postgres://${username}:${password}@${host}:${port}/${name}`,
    drop: () => runStatement(`drop database ${name} with (force)`),
  };
}

/** Writes to disk what is still in memory, which held up single commits for a tenth of a second. */
async function settleDisk(): Promise<void> {
  await runStatement('checkpoint');
  execFileSync('sync');
}

/** The first thousands of requests are slower, which says little about a service that has run for a minute. */
async function warmUp(subject: BenchSubject): Promise<void> {
  await publishEvents(client, subject.port, 5_000, subject.args());
  await settleDisk();
}

async function measureIngest(publishers: number, batch: number): Promise<void> {
  const measurement = `ingest, ${publishers} × ${batch}`;
  const { databaseUrl, drop } = await createDatabase();
  const sql = await openPool(databaseUrl, { log: logger, maxConnections: 64 });
  await migrate(sql, { log: logger });
  await createNaiveTable(sql);
  const naive = await naiveInserts(sql, 2, publishers);
  await sql.end();
  await each([agentlight, () => startNaiveService(databaseUrl)], async (subject) => {
    await ingest({ client, seconds: 2 }, subject, publishers, batch);
    report.add(measurement, subject.name, await ingest(timed, subject, publishers, batch));
  });
  report.add(measurement, 'naive inserts, without HTTP', naive);
  await drop();
}

async function measureReplay(subject: BenchSubject, name: string): Promise<void> {
  const args = subject.args();
  await publishEvents(client, subject.port, 10_000, args);
  const snapshot = await requestJson(subject.port, 'GET', '/v1/snapshot');
  const [epoch, seq] = (snapshot as { cursor: string }).cursor.split('.');
  const cursor = `${epoch}.${Number(seq) - 10_000}`;
  const ms = await replay(client, subject.port, { count: 10_000, cursor, args });
  report.add('replay of 10,000 events', name, ms);
}

async function measureNchanReplay(subject: BenchSubject): Promise<void> {
  const args = subject.args();
  const path = args[args.indexOf('--path') + 1] ?? '';
  await publishEvents(client, subject.port, 1, args);
  const cursor = await firstId(`http://127.0.0.1:${subject.port}${path}`);
  await publishEvents(client, subject.port, 10_000, args);
  const ms = await replay(client, subject.port, { count: 10_000, cursor, args });
  report.add('replay of 10,000 events', subject.name, ms);
}

/** The id of a stream's first message. */
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
