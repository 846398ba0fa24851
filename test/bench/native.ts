/** Compiles and runs the C programs of the benchmarks. A client in Node would be slower than the servers. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The server and its database share one core, and the client has another. */
const SERVER_CORE = 0;
const CLIENT_CORE = 1;

export interface ClientResult {
  readonly perSecond: number;
  readonly deliveries: number;
  readonly gaps: number;
  readonly missing: number;
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Only of `replay`. */
  readonly ms: number;
}

/** @returns paths of the compiled programs. @throws Error when there is no C compiler. */
export function compile(dir: string): { client: string; ceiling: string } {
  const build = (name: string) => {
    const target = join(dir, name);
    const source = new URL(`native/${name}.c`, import.meta.url).pathname;
    execFileSync('cc', ['-O3', '-march=native', '-w', '-o', target, source, '-lm']);
    return target;
  };
  try {
    return { client: build('client'), ceiling: build('ceiling') };
  } catch (error) {
    throw new Error('The benchmarks need a C compiler (cc), for their client.', { cause: error });
  }
}

/** Binds this process, and every process that it starts, to the server's core. */
export function pinSelf(): void {
  execFileSync('taskset', ['-acp', String(SERVER_CORE), String(process.pid)], { stdio: 'ignore' });
}

/** @throws Error when a reader missed an event, got one twice or in the wrong order. */
export async function runClient(client: string, args: readonly string[]): Promise<ClientResult> {
  const child = startClient(client, args);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number];
  if (exitCode !== 0) throw new Error(`client ${args.join(' ')}: ${output}`);
  return JSON.parse(output) as ClientResult;
}

export function startClient(client: string, args: readonly string[]): ChildProcess {
  return spawn('taskset', ['-c', String(CLIENT_CORE), client, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}
