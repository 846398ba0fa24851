/** Programs at a pseudo-terminal made by script(1), which every Linux and macOS has. */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { MAIN } from './command-line.ts';

export interface Terminal {
  /** What is typed. */
  readonly keyboard: Writable;
  /** What is on the screen, with line ends as they were written. */
  screen(): string;
  readonly ended: Promise<number | null>;
}

/** The real `agentlight` command. Killed when the test ends, if it has not ended before. */
export function openCommandLineAtTerminal(
  commandLine: readonly string[],
  env: NodeJS.ProcessEnv,
): Terminal {
  return openTerminal([process.execPath, MAIN, ...commandLine], env);
}

/** Killed when the test ends, if it has not ended before. @param line program and arguments. */
export function openTerminal(
  line: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Terminal {
  const args =
    process.platform === 'darwin'
      ? ['-q', '/dev/null', ...line]
      : ['-q', '-e', '-c', `exec ${line.map(quote).join(' ')}`, '/dev/null'];
  // Node takes a terminal in CI for one without colours
  const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, CI: _ci, ...rest } = env;
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn('script', args, {
    env: { ...rest, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(cwd !== undefined && { cwd }),
  });
  const shown: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => shown.push(chunk));
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    keyboard: child.stdin,
    screen: () => Buffer.concat(shown).toString().replaceAll('\r\n', '\n'),
    ended: once(child, 'close').then(([exitCode]) => exitCode),
  };
}

const quote = (part: string) => `'${part.replaceAll("'", `'\\''`)}'`;
