/** The same command alone and through `agentlight run`, without a service. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { MAIN } from './command-line.ts';

export interface Seen {
  readonly exitCode: number | null;
  /** The beginning, and the digest of the whole, which may be large. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface CompareOptions {
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The environment of a machine that has no service. */
export function withoutService(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { AGENTLIGHT_RUN: _run, AGENTLIGHT_SOCKET: _socket, ...rest } = process.env;
  return {
    ...rest,
    AGENTLIGHT_URL: 'http://127.0.0.1:4',
    AGENTLIGHT_TOKEN: 'x',
    AGENTLIGHT_DATA_DIR: temporaryFolder(),
    ...env,
  };
}

/** `agentlight run --`, for use in a line of a shell. */
export const WRAPPED = `"${process.execPath}" "${MAIN}" run --`;

/** Runs a line of bash, in which `RUN` stands before the command: as nothing, or as the wrapper. */
export function compare(
  line: string,
  options: CompareOptions = {},
): { alone: Seen; wrapped: Seen } {
  return {
    alone: see(line.replaceAll('RUN ', ''), options),
    wrapped: see(line.replaceAll('RUN ', `${WRAPPED} `), options),
  };
}

function see(line: string, { input = '', env }: CompareOptions): Seen {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', throughPipes(line)], {
    input,
    env: withoutService(env),
    cwd: temporaryFolder(),
    maxBuffer: 300_000_000,
    timeout: 60_000,
  });
  return { exitCode: status, stdout: describe(stdout), stderr: describe(withoutOurs(stderr)) };
}

/** What Node gives to bash are sockets, but in a shell the output of a command goes to pipes. */
function throughPipes(line: string): string {
  return `set -o pipefail; { (${line}\n) 2>&1 1>&3 3>&- | cat >&2; } 3>&1 | cat`;
}

/** Without our own line, which says that there is no service. */
function withoutOurs(stderr: Buffer): Buffer {
  const lines = stderr.toString('latin1').split(/(?<=\n)/);
  const isOurs = (line: string) => line.startsWith('agentlight: No answer from http://127.0.0.1:4');
  return Buffer.from(lines.filter((line) => !isOurs(line)).join(''), 'latin1');
}

function describe(bytes: Buffer): string {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return `${bytes.subarray(0, 2_000).toString('latin1')} (${bytes.length} bytes, ${digest})`;
}

/** Whether a program is on the PATH. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}
