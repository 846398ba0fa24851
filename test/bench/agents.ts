/**
 * `npm run bench:agents`: what 500 runners cost the service, first with heartbeats only, then when each reports progress
 * twice a second. The runners are in this process, the service and PostgreSQL in others.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { Client } from '../../protocol/client/client.ts';
import { Link } from '../../service/runner/link/link.ts';
import { openPool } from '../../service/database/connect.ts';
import { startEmbeddedPostgres } from '../../service/database/embedded.ts';
import { memoryKb, startAgentlight, BENCH_TOKEN } from './subjects.ts';

const AGENTS = 500;
const headers = { Authorization: `Bearer ${BENCH_TOKEN}` };
/** Two intervals of the runners' heartbeats. */
const PHASE_MS = 60_000;
const PROGRESS_MS = 500;
/** Linux counts CPU time in ticks. */
const TICKS_PER_SECOND = 100;

await using closing = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'agentlight-bench-'));
closing.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
const logger = pino({ level: 'silent' });
const database = await startEmbeddedPostgres({ dataDir: dir, log: logger, listen: 'loopback' });
closing.defer(() => database.stop());
const sql = await openPool(database.connection, { log: logger });
closing.defer(() => sql.end({ timeout: 1 }));
const { username, password, host, port, database: name } = database.connection;
const databaseUrl = `postgres://${username}:${password}@${host}:${port}/${name}`;
const service = await startAgentlight({ databaseUrl, dir });
closing.defer(() => service.stop());

const client = new Client({ url: `http://127.0.0.1:${service.port}`, token: BENCH_TOKEN });
const links = await Promise.all(Array.from({ length: AGENTS }, (_, n) => openLink(`agent-${n}`)));
closing.defer(
  async () => void (await Promise.all(links.map((link) => link.leave('ended', 5_000)))),
);
await delay(2_000);
await measure('only heartbeats', () => {});

const runs = links.map((link, n) => {
  const run = uuidv7();
  link.report({ type: 'run.started', agent: `agent-${n}`, run, data: {} });
  return run;
});
let step = 0;
await measure(`progress every ${PROGRESS_MS} ms`, () => {
  const timer = setInterval(() => {
    step += 1;
    for (const [n, link] of links.entries()) {
      const data = { value: (step % 100) / 100, message: `epoch ${step}` };
      link.report({ type: 'run.progress', agent: `agent-${n}`, run: runs[n] ?? '', data });
    }
  }, PROGRESS_MS);
  return () => clearInterval(timer);
});

async function openLink(id: string): Promise<Link> {
  const up = Promise.withResolvers<void>();
  const link = new Link({
    client,
    runner: `runner-of-${id}`,
    async register(signal) {
      await client.registerAgent(id, { name: id, capabilities: ['cancel'] }, signal);
      return [id];
    },
    onUp: () => up.resolve(),
    onSnapshot: () => {},
    onOrder: () => {},
    log: (line) => console.error(line),
  });
  void link.run();
  await up.promise;
  return link;
}

async function measure(phase: string, begin: () => void | (() => void)): Promise<void> {
  const before = await figures();
  const end = begin();
  await delay(PHASE_MS);
  const after = await figures();
  end?.();
  const seconds = PHASE_MS / 1_000;
  const perSecond = (key: 'cpuTicks' | 'commits' | 'rows' | 'events') =>
    (after[key] - before[key]) / seconds;
  console.log(
    [
      `${AGENTS} agents, ${phase}:`,
      `CPU ${((perSecond('cpuTicks') / TICKS_PER_SECOND) * 100).toFixed(1)} % of a core,`,
      `memory ${Math.round(memoryKb(service.pid) / 1_024)} MB,`,
      `event-loop delay p99 ${(after.loopDelaySeconds * 1_000).toFixed(1)} ms,`,
      `${perSecond('events').toFixed(1)} events/s stored,`,
      `${perSecond('rows').toFixed(1)} rows/s in ${perSecond('commits').toFixed(1)} transactions/s`,
    ].join(' '),
  );
}

async function figures() {
  // PostgreSQL updates its statistics a second after a session becomes idle
  await delay(1_200);
  const [row] = await sql<{ commits: string; rows: string }[]>`
    select xact_commit as commits, tup_inserted + tup_updated + tup_deleted as rows
    from pg_stat_database where datname = current_database()`;
  const [log] = await sql<{ seq: string }[]>`select seq from head`;
  const stat = readFileSync(`/proc/${service.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const metrics = await (await fetch(`${client.url}/metrics`, { headers })).text();
  const [, delayText] = /^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics) ?? [];
  return {
    commits: Number(row?.commits),
    rows: Number(row?.rows),
    events: Number(log?.seq),
    cpuTicks: Number(stat[11]) + Number(stat[12]),
    loopDelaySeconds: Number(delayText),
  };
}
