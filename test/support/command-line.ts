/** The real `agentlight` command as a child process. */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const MAIN = fileURLToPath(new URL('../../service/cli/main.ts', import.meta.url));

export interface CommandLine {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  stdout(): string;
  stderr(): string;
  /** Settles when it has ended and its output is complete. */
  readonly ended: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
}

/** Stopped when the test ends, if it has not ended before. */
export function startCommandLine(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd = tmpdir(),
): CommandLine {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // no terminal, wherever the tests run
    detached: true,
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal }));
  onTestFinished(async () => {
    // twice: without delay
    if (child.kill('SIGTERM')) child.kill('SIGTERM');
    await ended;
  });
  return {
    child,
    ended,
    stdout: () => Buffer.concat(stdout).toString(),
    stderr: () => Buffer.concat(stderr).toString(),
  };
}

export interface AgentSettings {
  readonly command: readonly string[];
  readonly [setting: string]: unknown;
}

/** A configuration file with the given agents; their name is their id. Removed when the test ends. */
export function writeConfig(agents: Readonly<Record<string, AgentSettings>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'agentlight.config.json');
  const named = Object.entries(agents).map(([id, agent]) => [id, { name: id, ...agent }]);
  writeFileSync(file, JSON.stringify({ agents: Object.fromEntries(named) }));
  return file;
}
