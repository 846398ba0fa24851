/** What is measured: each subject is a process of its own, with how the client talks to it. */
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

export interface Subject {
  readonly name: string;
  readonly port: number;
  /** The process whose memory counts. */
  readonly pid: number;
  /** For the client: addresses, headers, and the shape of a request to publish; for each run anew. */
  readonly args: () => readonly string[];
  /** Most events that one request may hold. */
  readonly batch: number;
  stop(): Promise<void>;
}

export const TOKEN = 'the-token-of-the-benchmark-0123456789';
const NGINX = '/usr/sbin/nginx';
const NCHAN = '/usr/lib/nginx/modules/ngx_nchan_module.so';

export interface AgentlightOptions {
  readonly databaseUrl: string;
  readonly dir: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The service as it is run by people, with a durable commit for everything that is published. */
export async function startAgentlight(options: AgentlightOptions): Promise<Subject> {
  const { child, port } = await startInstance(options);
  const args = await prepareEvents(port);
  const pid = child.pid as number;
  return { name: 'Agentlight', port, pid, batch: 64, args, stop: () => stop(child) };
}

/** Two instances of it on one database; half of all connections go to each. */
export async function startAgentlightTwice(options: AgentlightOptions): Promise<Subject> {
  const one = await startInstance(options);
  const other = await startInstance({ ...options, dir: join(options.dir, 'other') });
  const args = await prepareEvents(one.port);
  return {
    name: 'Agentlight, two instances',
    port: one.port,
    pid: one.child.pid as number,
    batch: 64,
    args: () => [...args(), '--other-port', String(other.port)],
    stop: async () => {
      await Promise.all([stop(one.child), stop(other.child)]);
    },
  };
}

/** Stores each event by itself, in a table like the log. */
export async function startNaiveService(databaseUrl: string): Promise<Subject> {
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

async function startInstance({ databaseUrl, dir, env }: AgentlightOptions) {
  const port = await freePort();
  const child = start(process.execPath, ['service/cli/main.ts', 'serve'], {
    AGENTLIGHT_PORT: String(port),
    AGENTLIGHT_DATA_DIR: dir,
    AGENTLIGHT_OWNER_TOKEN: TOKEN,
    AGENTLIGHT_LOG_LEVEL: 'error',
    AGENTLIGHT_MAX_STREAMS_PER_TOKEN: '20000',
    DATABASE_URL: databaseUrl,
    ...env,
  });
  await untilAnswers(`http://127.0.0.1:${port}/readyz`);
  return { child, port };
}

/** @returns what the client is told, once there is a run that the events belong to. */
async function prepareEvents(port: number): Promise<() => readonly string[]> {
  const run = uuidv7();
  await ask(port, 'PUT', '/v1/agents/bench', { name: 'Bench' });
  await ask(port, 'POST', '/v1/events', { events: [{ type: 'run.started', agent: 'bench', run }] });
  return () => eventArgs(run);
}

function eventArgs(run: string): string[] {
  const item = `{${contentOf(run)}}`;
  return [
    ...['--path', '/v1/stream', '--post', '/v1/events'],
    ...['--header', `Authorization: Bearer ${TOKEN}`],
    ...['--prefix', '{"events":[', '--item', item, '--suffix', ']}'],
  ];
}

const contentOf = (run: string) =>
  `"type":"artifact.created","agent":"bench","run":"${run}","data":{"name":"checkpoint","url":"https://bench.example/~"}`;

/** nginx with nchan, in C, which keeps its messages in memory. Undefined where it is not installed. */
export async function startNchan(dir: string): Promise<Subject | undefined> {
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
    // a channel of its own for each run: it keeps its messages
    args: () => {
      const channel = `c${process.hrtime.bigint()}`;
      return peerArgs(`/sub/${channel}`, `/pub/${channel}`);
    },
    stop: () => stop(child),
  };
}

/** @param program in `peers/`. */
export async function startPeer(name: string, program: string): Promise<Subject> {
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
export async function startCeiling(program: string): Promise<Subject> {
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

export async function ask(
  port: number,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** They are given what readers of Agentlight get, 250 bytes, and pass it on as it is. */
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
