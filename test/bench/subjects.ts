/** The servers that are measured. Each is a process of its own. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';

export interface BenchSubject {
  readonly name: string;
  readonly port: number;
  /** The process whose memory is measured. */
  readonly pid: number;
  /** Arguments for a run of the client: addresses, headers, and the shape of a request to publish. */
  readonly args: () => readonly string[];
  /** The most events of a request. */
  readonly batch: number;
  stop(): Promise<void>;
}

export const BENCH_TOKEN = 'the-token-of-the-benchmark-0123456789';
const NGINX = '/usr/sbin/nginx';
const NCHAN = '/usr/lib/nginx/modules/ngx_nchan_module.so';

export interface AgentlightOptions {
  readonly databaseUrl: string;
  readonly dir: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The service as people run it, with a durable commit for each request. */
export async function startAgentlight({
  databaseUrl,
  dir,
  env,
}: AgentlightOptions): Promise<BenchSubject> {
  const port = await freePort();
  const child = start(process.execPath, ['service/cli/main.ts', 'serve'], {
    AGENTLIGHT_PORT: String(port),
    AGENTLIGHT_DATA_DIR: dir,
    AGENTLIGHT_OWNER_TOKEN: BENCH_TOKEN,
    AGENTLIGHT_LOG_LEVEL: 'error',
    AGENTLIGHT_MAX_STREAMS_PER_TOKEN: '20000',
    DATABASE_URL: databaseUrl,
    ...env,
  });
  await untilAnswers(`http://127.0.0.1:${port}/readyz`);
  const args = await prepareEvents(port);
  const pid = child.pid as number;
  return { name: 'Agentlight', port, pid, batch: 64, args, stop: () => stop(child) };
}

/** A service that stores each event by itself, in a table like the log. */
export async function startNaiveService(databaseUrl: string): Promise<BenchSubject> {
  const port = await freePort();
  const script = new URL('peers/naive-service.ts', import.meta.url).pathname;
  const child = start(process.execPath, [script, String(port)], { DATABASE_URL: databaseUrl });
  await untilListens(port);
  return {
    name: 'naive service',
    port,
    pid: child.pid as number,
    batch: 64,
    args: () => eventArgs(uuidv7()),
    stop: () => stop(child),
  };
}

/** Starts the run that the events belong to. @returns arguments for the client. */
async function prepareEvents(port: number): Promise<() => readonly string[]> {
  const run = uuidv7();
  await requestJson(port, 'PUT', '/v1/agents/bench', { name: 'Bench' });
  await requestJson(port, 'POST', '/v1/events', {
    events: [{ type: 'run.started', agent: 'bench', run }],
  });
  return () => eventArgs(run);
}

function eventArgs(run: string): string[] {
  const item = `{${contentOf(run)}}`;
  return [
    ...['--path', '/v1/stream', '--post', '/v1/events'],
    ...['--header', `Authorization: Bearer ${BENCH_TOKEN}`],
    ...['--prefix', '{"events":[', '--item', item, '--suffix', ']}'],
  ];
}

const contentOf = (run: string) =>
  `"type":"artifact.created","agent":"bench","run":"${run}","data":{"name":"checkpoint","url":"https://bench.example/~"}`;

/** nginx with nchan, which keeps its messages in memory. Undefined if it is not installed. */
export async function startNchan(dir: string): Promise<BenchSubject | undefined> {
  if (!existsSync(NGINX) || !existsSync(NCHAN)) return undefined;
  const port = await freePort();
  const root = await mkdtemp(join(dir, 'nginx-'));
  const config = join(root, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    config,
    `load_module ${NCHAN};
    worker_processes 1; daemon off; pid ${root}/pid; error_log stderr crit; user root;
    worker_rlimit_nofile 20000;
    events { worker_connections 19900; }
    http {
      access_log off; keepalive_requests 100000000;
      ${temporary.map((name) => `${name}_temp_path ${root}/${name};`).join(' ')}
      nchan_shared_memory_size 256M;
      server {
        listen 127.0.0.1:${port} backlog=4096;
        location ~ ^/sub/(\\w+)$ { nchan_subscriber eventsource; nchan_channel_id $1; }
        location ~ ^/pub/(\\w+)$ {
          nchan_publisher; nchan_channel_id $1; client_max_body_size 1m;
          nchan_message_buffer_length 30000; nchan_message_timeout 10m;
        }
      }
    }`,
  );
  const child = start(NGINX, ['-p', root, '-c', config]);
  await untilAnswers(`http://127.0.0.1:${port}/pub/none`, 404);
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return {
    name: 'nginx + nchan',
    port,
    pid: Number(children.trim().split(' ')[0]),
    batch: 1,
    // a new channel for each run, because a channel keeps its messages
    args: () => {
      const channel = `c${process.hrtime.bigint()}`;
      return peerArgs(`/sub/${channel}`, `/pub/${channel}`);
    },
    stop: () => stop(child),
  };
}

/** @param program in `peers/`. */
export async function startPeer(name: string, program: string): Promise<BenchSubject> {
  const port = await freePort();
  const script = new URL(`peers/${program}`, import.meta.url).pathname;
  const child = start(process.execPath, [script, String(port)]);
  await untilListens(port);
  return {
    name,
    port,
    pid: child.pid as number,
    batch: 1,
    args: () => peerArgs('/', '/'),
    stop: () => stop(child),
  };
}

/** @param program the compiled `ceiling.c`. */
export async function startCeiling(program: string): Promise<BenchSubject> {
  const port = await freePort();
  const child = start(program, [String(port)]);
  await untilListens(port);
  const name = 'C, epoll, coalescing';
  return {
    name,
    port,
    pid: child.pid as number,
    batch: 1,
    args: () => peerArgs('/', '/'),
    stop: () => stop(child),
  };
}

/** Resident memory in kilobytes. */
export function memoryKb(pid: number): number {
  const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb);
}

export async function requestJson(
  port: number,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { Authorization: `Bearer ${BENCH_TOKEN}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Peers are given the 250 bytes that readers of Agentlight get, and pass them on unchanged. */
function peerArgs(subscribe: string, publish: string): string[] {
  const item = `{"seq":100000,"id":"${uuidv7()}","time":"${new Date().toISOString()}",${contentOf(uuidv7())}}`;
  return ['--path', subscribe, '--post', publish, '--item', item];
}

function start(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  return spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await Promise.race([ended, delay(5_000, undefined, { ref: false })]);
  child.kill('SIGKILL');
}

async function untilAnswers(url: string, status = 200): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.status === status) return;
    await delay(20);
  }
  throw new Error(`${url} does not answer with ${status}.`);
}

async function untilListens(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    try {
      execFileSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`], { stdio: 'ignore' });
      return;
    } catch {
      await delay(20);
    }
  }
  throw new Error(`Nothing listens on ${port}.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
