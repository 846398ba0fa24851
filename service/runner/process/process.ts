/** Runs a command without a shell, streams its output, and ends it together with everything that it started. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { CommandEnding } from './command-ending.ts';
import { CommandPipe } from './command-pipe.ts';
import type { OutputPipes } from './output-pipes.ts';
import { closeWriters, openOutputPipes } from './output-pipes.ts';
import { descendantsOf, groupOf } from './process-tree.ts';

/** Between SIGTERM and SIGKILL. */
const CANCEL_GRACE_MS = 5_000;

export type CommandStream = 'stdout' | 'stderr';

export interface CommandOptions {
  /** Program and arguments; at least one. */
  readonly command: readonly string[];
  /** Defaults to our own folder, even if that has been deleted. */
  readonly cwd?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Defaults to no limit. */
  readonly timeoutMs?: number;
  /** Defaults to `5000` milliseconds. */
  readonly cancelGraceMs?: number;
  /** `own`: it leads a process group. `shared`: it stays in ours, as programs at a terminal need. Defaults to `own`. */
  readonly group?: 'own' | 'shared';
  readonly stdin?: 'ignore' | 'inherit';
  /**
   * Without it the command writes directly to our stdout and stderr. A returned promise pauses that stream until it
   * settles; it must not reject.
   */
  readonly onOutput?: (stream: CommandStream, chunk: Buffer) => Promise<unknown> | undefined;
  /** A private folder for the pipes. Without it the command writes to sockets, which it can't open again by name. */
  readonly pipeFolder?: string | undefined;
}

export interface CommandResult {
  /**
   * `timeout` and `cancelled`: it was ended, whatever its exit code. `spawn`: it could not start. `output`: a part of
   * its output could not be written.
   */
  readonly reason: 'exit' | 'signal' | 'timeout' | 'cancelled' | 'spawn' | 'output';
  /** If it could not start: 127 if there is no such program or folder, else 126, as shells have it. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Why it could not start, or its output not be written. */
  readonly error?: Error;
}

export interface RunningCommand {
  /** Undefined if it could not start. */
  readonly pid: number | undefined;
  /** False if its output goes through sockets instead of pipes. */
  readonly hasPipes: boolean;
  /** Settles when it has ended and its output has been handled; never rejects. */
  readonly result: Promise<CommandResult>;
  /** Forwards a signal: to its own group, or to the command alone in a shared group. */
  signal(signal: NodeJS.Signals): void;
  /** Suspends or resumes all its processes. False if the system can't do that or the command has ended. */
  pause(isPaused: boolean): boolean;
  /** Sends SIGTERM to everything, and SIGKILL after the grace period. A second call can only shorten it. */
  cancel(graceMs?: number): void;
  /** Makes its next write to that stream fail, as if the reader had gone. */
  breakPipe(stream: CommandStream): void;
  /**
   * Call it after the result. Processes that the command left behind go on, and write to our own stdout and stderr
   * (`inherit`) or to nowhere (`ignore`).
   */
  letGo(output: 'inherit' | 'ignore'): Promise<void>;
}

export function startCommand(options: CommandOptions): RunningCommand {
  const fifos = options.onOutput ? openOutputPipes(options.pipeFolder) : undefined;
  let child: ChildProcess;
  try {
    child = spawnCommand(options, fifos);
  } catch (error) {
    // invalid arguments, such as one with a NUL character
    return notStarted(error as Error);
  } finally {
    if (fifos) closeWriters(fifos);
  }
  const { pid } = child;
  const pipes = openPipes(fifos ? readersOf(fifos) : child, options);
  if (pid === undefined) {
    const failed = once(child, 'error').then(([error]) => explain(error, options));
    return notStarted(failed);
  }
  const tree = options.group === 'shared' ? descendantsOf(pid) : groupOf(pid);
  const ending = new CommandEnding(tree, options.cancelGraceMs ?? CANCEL_GRACE_MS);
  return {
    pid,
    hasPipes: fifos !== undefined,
    result: follow(child, options, ending, pipes),
    signal: (signal) => {
      if (child.exitCode === null && child.signalCode === null) tree.forward(signal);
    },
    pause(isPaused) {
      if (process.platform === 'win32' || child.exitCode !== null || child.signalCode !== null) {
        return false;
      }
      tree.kill(isPaused ? 'SIGSTOP' : 'SIGCONT');
      return true;
    },
    cancel: (graceMs) => ending.begin('cancelled', graceMs),
    breakPipe: (stream) => pipes[stream]?.break(),
    async letGo(output) {
      const to = (fd: number) => (output === 'inherit' ? fd : output);
      await Promise.all([pipes.stdout?.handOver(to(1)), pipes.stderr?.handOver(to(2))]);
    },
  };
}

function spawnCommand(
  { command, cwd, env, group, stdin, onOutput }: CommandOptions,
  fifos: OutputPipes | undefined,
): ChildProcess {
  const [program = '', ...args] = command;
  const output = onOutput ? 'pipe' : 'inherit';
  return spawn(program, args, {
    ...(cwd !== undefined && { cwd }),
    env,
    detached: group !== 'shared' && process.platform !== 'win32',
    windowsHide: true,
    stdio: [stdin ?? 'ignore', fifos?.stdout.writer ?? output, fifos?.stderr.writer ?? output],
  });
}

function notStarted(error: Error | Promise<Error>): RunningCommand {
  const result = Promise.resolve(error).then(
    (reason): CommandResult => ({
      reason: 'spawn',
      exitCode: 'code' in reason && reason.code === 'ENOENT' ? 127 : 126,
      signal: undefined,
      error: reason,
    }),
  );
  return {
    pid: undefined,
    hasPipes: true,
    result,
    signal() {},
    pause: () => false,
    cancel() {},
    breakPipe() {},
    letGo: () => Promise.resolve(),
  };
}

function explain(error: NodeJS.ErrnoException, { command, cwd }: CommandOptions): Error {
  if (error.code !== 'ENOENT' && error.code !== 'EACCES') return error;
  const what = cwd === undefined || existsSync(cwd) ? `program "${command[0]}"` : `folder ${cwd}`;
  const message =
    error.code === 'ENOENT' ? `There is no ${what}.` : `The ${what} may not be executed.`;
  return Object.assign(new Error(message, { cause: error }), { code: error.code });
}

type Pipes = Partial<Record<CommandStream, CommandPipe>>;

function readersOf({ stdout, stderr }: OutputPipes): Record<CommandStream, Readable> {
  return { stdout: stdout.reader, stderr: stderr.reader };
}

function openPipes(
  { stdout, stderr }: Record<CommandStream, Readable | null>,
  { onOutput }: CommandOptions,
): Pipes {
  if (!onOutput || !stdout || !stderr) return {};
  return {
    stdout: new CommandPipe(stdout, (chunk) => onOutput('stdout', chunk)),
    stderr: new CommandPipe(stderr, (chunk) => onOutput('stderr', chunk)),
  };
}

async function follow(
  child: ChildProcess,
  { timeoutMs }: CommandOptions,
  ending: CommandEnding,
  pipes: Pipes,
): Promise<CommandResult> {
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => ending.begin('timeout'), timeoutMs);
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const [exitCode, signal] = await exited;
  clearTimeout(timer);
  await Promise.all([pipes.stdout?.drained(), pipes.stderr?.drained()]);
  const reason = (await ending.over()) ?? (signal === null ? 'exit' : 'signal');
  return { reason, exitCode: exitCode ?? undefined, signal: signal ?? undefined };
}
