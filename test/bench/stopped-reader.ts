/**
 * `npm run bench:stopped`: a reader stops for a minute while 100,000 events are stored. How soon afterwards does it have
 * all of them in order, and how much memory did the service use meanwhile?
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../service/database/embedded.ts';
import { Client } from '../../protocol/client/client.ts';
import { memoryKb, startAgentlight, BENCH_TOKEN } from './subjects.ts';

const EVENTS = 100_000;
const EVENTS_PER_REQUEST = 100;
const STOPPED_MS = 60_000;

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-bench-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
const log = pino({ level: 'silent' });
const database = await startEmbeddedPostgres({ dataDir: dir, log, listen: 'loopback' });
closing.defer(() => database.stop());
const { username, password, host, port, database: name } = database.connection;
const databaseUrl = `postgres://${username}:${password}@${host}:${port}/${name}`;
const service = await startAgentlight({ databaseUrl, dir });
closing.defer(() => service.stop());
const client = new Client({ url: `http://127.0.0.1:${service.port}`, token: BENCH_TOKEN });
await client.registerAgent('bench', { name: 'Bench', capabilities: [] });

// the memory of the service after as many events without such a reader
await publish();
await delay(2_000);
const before = memoryKb(service.pid);

let text = '';
const seqs: number[] = [];
const reader = connect(service.port, '127.0.0.1');
reader.setEncoding('utf8').on('data', (piece: string) => {
  const lines = (text + piece).split('\n');
  text = lines.pop() ?? '';
  for (const line of lines) {
    const seq = /^data: \{"seq":(\d+),/.exec(line)?.[1];
    if (seq !== undefined) seqs.push(Number(seq));
  }
});
reader.write(
  `GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${BENCH_TOKEN}\r\n\r\n`,
);
await delay(1_000);
reader.pause();
const stoppedAtMs = performance.now();
await publish();
let most = memoryKb(service.pid);
while (performance.now() - stoppedAtMs < STOPPED_MS) {
  await delay(500);
  most = Math.max(most, memoryKb(service.pid));
}
const resumedAtMs = performance.now();
reader.resume();
while (seqs.length < EVENTS && performance.now() - resumedAtMs < 30_000) await delay(10);
const tookMs = performance.now() - resumedAtMs;
const inOrder = seqs.every((seq, at) => at === 0 || seq === (seqs[at - 1] ?? 0) + 1);
reader.destroy();
console.log(
  `${seqs.length} of ${EVENTS} events after ${STOPPED_MS / 1_000} s without reading, ${inOrder ? 'in order, without a gap' : 'NOT in order'}, in ${Math.round(tookMs)} ms; memory of the service ${Math.round(before / 1_024)} MB before, at most ${Math.round(most / 1_024)} MB meanwhile`,
);

async function publish(): Promise<void> {
  for (let sent = 0; sent < EVENTS; sent += EVENTS_PER_REQUEST) {
    const events = Array.from({ length: EVENTS_PER_REQUEST }, (_, at) => ({
      type: 'error.reported',
      agent: 'bench',
      data: { message: `event ${sent + at} of something that goes on` },
    }));
    await client.report(JSON.stringify({ events }));
  }
}
