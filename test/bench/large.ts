/** `npm run bench:large`: the time to the first byte of a snapshot and of a replay, with 10,000 and 10 million events. */
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openPool } from '../../service/database/connect.ts';
import { startEmbeddedPostgres } from '../../service/database/embedded.ts';
import { requestJson, startAgentlight, BENCH_TOKEN } from './subjects.ts';

const SIZES = [10_000, 10_000_000];
const TRIES = 21;

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-large-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
const logger = pino({ level: 'silent' });
const database = await startEmbeddedPostgres({ dataDir: dir, log: logger, listen: 'loopback' });
closing.defer(() => database.stop());
const sql = await openPool(database.connection, { log: logger });
closing.defer(() => sql.end({ timeout: 1 }));
const { username, password, host, port, database: name } = database.connection;
const databaseUrl = `postgres://${username}:${password}@${host}:${port}/${name}`;
const start = () =>
  startAgentlight({ databaseUrl, dir, env: { AGENTLIGHT_KEEP_EVENTS: '100000000' } });

// creates the tables and the agent
await (await start()).stop();
for (const size of SIZES) {
  await sql`
    insert into log (seq, id, time, type, agent, actor, detail, data)
    select head.seq + n, gen_random_uuid(), now(), 'error.reported', 'bench', 'owner', false,
      '{"message":"something went wrong, and this is what it said"}'
    from head, generate_series(1, ${size} - (select seq from head)) as n`;
  await sql`update head set seq = (select max(seq) from log)`;
  await sql`vacuum analyze log`;
  const subject = await start();
  const { cursor } = (await requestJson(subject.port, 'GET', '/v1/snapshot')) as { cursor: string };
  const [epoch, seq] = cursor.split('.');
  const ofState = await median(() => firstMessageMs(subject.port, {}, 'event: snapshot'));
  const behind = { 'Last-Event-ID': `${epoch}.${Number(seq) - 5_000}` };
  const ofReplay = await median(() => firstMessageMs(subject.port, behind, '\ndata: {"seq"'));
  console.log(`${size} events: state ${ofState.toFixed(1)} ms, replay ${ofReplay.toFixed(1)} ms`);
  await subject.stop();
}

/** Milliseconds from the request until `wanted` arrives. */
function firstMessageMs(at: number, headers: object, wanted: string): Promise<number> {
  const beganMs = performance.now();
  return new Promise((resolve, reject) => {
    const options = {
      port: at,
      path: '/v1/stream',
      headers: { Authorization: `Bearer ${BENCH_TOKEN}`, ...headers },
    };
    const asked = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (!text.includes(wanted)) return;
        resolve(performance.now() - beganMs);
        response.destroy();
      });
    });
    asked.on('error', reject).end();
  });
}

async function median(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let n = 0; n < TRIES; n += 1) values.push(await measure());
  return values.toSorted((a, b) => a - b)[Math.floor(TRIES / 2)] ?? Number.NaN;
}
