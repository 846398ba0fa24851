/**
 * `npm run bench:presence`: how soon a reader learns that a runner has ended, and whether agents are shown correctly after
 * the service was killed.
 *
 * All processes are real. The partition needs root and `ip` (Linux): packets between two network namespaces are dropped,
 * so that neither side receives a FIN.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Snapshot } from '../../protocol/wire/messages.ts';
import { Client } from '../../protocol/client/client.ts';
import { SHORT_BACKOFF } from '../../protocol/client/backoff.ts';
import { follow as followService } from '../../protocol/client/follow.ts';
import { ServiceConnection } from '../../protocol/client/service-connection.ts';

const REPETITIONS = 20;
const MAIN = fileURLToPath(new URL('../../service/cli/main.ts', import.meta.url));
const TOKEN = 'the-token-of-a-benchmark-0123456789';
const PORT = 4789;
const NAMESPACE = 'agentlight-bench';
const [HERE, THERE] = ['10.77.77.1', '10.77.77.2'];
/** The default is 15 s; shortened so that 20 repetitions take a minute. */
const RESTART_GRACE_MS = 2_000;

await using closing = new AsyncDisposableStack();
const dir = mkdtempSync(join(tmpdir(), 'agentlight-bench-'));
closing.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
const configFor = (id: string, command: readonly string[] = ['true']): string => {
  const file = join(dir, `${id}.config.json`);
  writeFileSync(file, JSON.stringify({ agents: { [id]: { name: id, command } } }));
  return file;
};

const received = new Map<string, { atMs: number; event: LogEvent }[]>();
const client = new Client({ url: `http://127.0.0.1:${PORT}`, token: TOKEN });
let service = await startService();
closing.defer(() => end(service, 'SIGTERM'));
follow();

await leaving('goodbye (SIGTERM)', 'SIGTERM');
await leaving('runner killed (SIGKILL)', 'SIGKILL');
await partition();
await serviceKilled();

async function leaving(name: string, signal: NodeJS.Signals): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < REPETITIONS; n += 1) {
    const id = `${signal.toLowerCase()}-${n}`;
    const runner = await startRunner(configFor(id), id);
    const killedAtMs = performance.now();
    runner.kill(signal);
    times.push((await disconnected(id)) - killedAtMs);
    await end(runner, 'SIGKILL');
  }
  print(name, times);
}

/** All runners at once, as each would take the whole time-out: they beat at different moments. */
async function partition(): Promise<void> {
  if (process.getuid?.() !== 0 || !openNetwork()) {
    console.log('network partition          not measured: needs root and ip');
    return;
  }
  const ids = Array.from({ length: REPETITIONS }, (_, n) => `behind-${n}`);
  const runners = [];
  for (const id of ids) {
    runners.push(await startRunner(configFor(id), id, ['ip', 'netns', 'exec', NAMESPACE], HERE));
    await delay(Math.random() * 1_500);
  }
  ip('link', 'set', 'agentlight0', 'down');
  const cutAtMs = performance.now();
  const times = await Promise.all(ids.map(async (id) => (await disconnected(id)) - cutAtMs));
  print('network partition', times);
  for (const runner of runners) await end(runner, 'SIGKILL');
}

function openNetwork(): boolean {
  const isThere =
    ip('netns', 'add', NAMESPACE) &&
    ip('link', 'add', 'agentlight0', 'type', 'veth', 'peer', 'agentlight1', 'netns', NAMESPACE) &&
    ip('addr', 'add', `${HERE}/24`, 'dev', 'agentlight0') &&
    ip('link', 'set', 'agentlight0', 'up') &&
    ip('-n', NAMESPACE, 'addr', 'add', `${THERE}/24`, 'dev', 'agentlight1') &&
    ip('-n', NAMESPACE, 'link', 'set', 'agentlight1', 'up');
  closing.defer(() => void ip('netns', 'del', NAMESPACE));
  return isThere;
}

function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args).status === 0;
}

/** One runner lives on with its run; another dies while the service is away. */
async function serviceKilled(): Promise<void> {
  const live = await startRunner(configFor('alive', ['sleep', '1000']), 'alive');
  const run = await client.request<{ run: { id: string } }>('POST', '/v1/agents/alive/runs', {
    body: {},
  });
  const times: number[] = [];
  for (let n = 0; n < REPETITIONS; n += 1) {
    const id = `ghost-${n}`;
    const ghost = await startRunner(configFor(id), id);
    await end(service, 'SIGKILL');
    await end(ghost, 'SIGKILL');
    service = await startService();
    const upAtMs = performance.now();
    times.push((await disconnected(id)) - upAtMs);
    await connectedLast('alive');
  }
  print(`ghost after kill -9 of the service (grace ${RESTART_GRACE_MS} ms)`, times);
  const { fleet } = await client.request<Snapshot>('GET', '/v1/snapshot');
  const ended = (received.get('alive') ?? []).filter(({ event }) => event.type === 'run.failed');
  console.log(
    `  the live run is ${fleet.runs[run.run.id]?.status}, reported as failed ${ended.length} times, its agent ${fleet.agents['alive']?.liveness}`,
  );
  await end(live, 'SIGTERM');
}

async function startService(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', String(PORT)], {
    env: {
      ...process.env,
      AGENTLIGHT_HOST: '0.0.0.0',
      AGENTLIGHT_ALLOWED_HOSTS: HERE,
      AGENTLIGHT_DATA_DIR: dir,
      AGENTLIGHT_OWNER_TOKEN: TOKEN,
      AGENTLIGHT_RESTART_GRACE_MS: String(RESTART_GRACE_MS),
      DATABASE_URL: '',
    },
    stdio: 'ignore',
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error('The service did not start.');
    const response = await fetch(`${client.url}/readyz`).catch(() => undefined);
    if (response?.ok) return child;
    await delay(20);
  }
}

async function startRunner(
  file: string,
  id: string,
  prefix: readonly string[] = [],
  host = '127.0.0.1',
): Promise<ChildProcess> {
  const [program, ...args] = [...prefix, process.execPath, MAIN, 'up', '--config', file];
  const child = spawn(program, args, {
    env: {
      ...process.env,
      AGENTLIGHT_URL: `http://${host}:${PORT}`,
      AGENTLIGHT_TOKEN: TOKEN,
      AGENTLIGHT_DATA_DIR: dir,
    },
    stdio: 'ignore',
  });
  await connectedLast(id);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

function follow(): void {
  const connection = new ServiceConnection({
    open: (cursor, signal) => followService(client, { cursor, signal }),
    onBatch({ events }) {
      for (const event of events) {
        const { agent } = event;
        if (agent === undefined) continue;
        received.set(agent, [...(received.get(agent) ?? []), { atMs: performance.now(), event }]);
      }
    },
    backoff: SHORT_BACKOFF,
  });
  void connection.run();
  closing.defer(() => connection.close());
}

function lastChange(id: string) {
  return received.get(id)?.findLast(({ event }) => /^agent\.(dis)?connected$/.test(event.type));
}

async function connectedLast(id: string): Promise<void> {
  while (lastChange(id)?.event.type !== 'agent.connected') await delay(5);
}

/** When the reader received the disconnection. */
async function disconnected(id: string): Promise<number> {
  for (;;) {
    const last = lastChange(id);
    if (last?.event.type === 'agent.disconnected') return last.atMs;
    await delay(2);
  }
}

function print(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    `${(sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0)} ms`;
  console.log(`${name.padEnd(26)} ${times.length} ×: median ${at(0.5)}, longest ${at(1)}`);
}
