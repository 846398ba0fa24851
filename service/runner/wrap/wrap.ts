/**
 * `agentlight run -- COMMAND`: runs one command exactly as without Agentlight, and reports it.
 *
 * The command comes first: it starts before we contact the service, and never waits for the service, fails because of
 * it, or loses output because of it.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { OutputParser } from '../../adapters/output/output-parser.ts';
import type { Client } from '../../../protocol/client/client.ts';
import type { Report } from '../report/event-queue.ts';
import type { Link } from '../link/link.ts';
import type { RunnerCommand } from '../link/runner-command.ts';
import { outcomeOf, showCommand } from '../process/outcome.ts';
import { outerRun } from './outer-run.ts';
import { ownOutput, PassThrough } from './pass-through.ts';
import type { CommandResult, CommandStream } from '../process/process.ts';
import { createPrivateFolder } from '../process/private-folder.ts';
import { startCommand } from '../process/process.ts';
import { Questions } from '../socket/questions.ts';
import { RunOutput } from '../output/run-output.ts';
import { RunSocket } from '../socket/run-socket.ts';
import { runnerIdOnce, slug } from '../link/runner-id.ts';
import type { CaughtSignals } from './wrap-signals.ts';
import { catchSignals, hasTerminal } from './wrap-signals.ts';

/** Limit for the last reports after the command has ended. */
const LEAVE_MS = 2_000;
/**
 * The end of the command can be noticed before the signal that the terminal sent to both of us, and under load some time
 * passes in between.
 */
const SAME_SIGNAL_MS = 300;

const NO_FOLDER =
  'No temporary folder can be written to, so programs in the command can neither open /dev/stdout by name nor use "agentlight emit" and "ask". The command runs anyway.';

export interface WrapOptions {
  readonly command: readonly string[];
  /** Defaults to our own folder, even if that has been deleted. */
  readonly cwd: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Display name. */
  readonly name: string;
  /** Defaults to an id made from the name. */
  readonly agentId: string | undefined;
  /** False: the command gets our stdout and stderr directly, and its output is not reported. */
  readonly reportOutput: boolean;
  /** Defaults to a parser that detects the format. */
  readonly parser?: OutputParser | undefined;
  /** Reports the output without control sequences; the terminal still gets them. */
  readonly isPlain: boolean;
  /** Called once the command runs. Its errors become warnings. */
  readonly openClient: () => Promise<Client>;
  /** Folder for events that can't be sent to a service yet. */
  readonly spoolFolder: (serviceUrl: string) => string;
  /** Prints one line for people on stderr; called a few times at most. */
  readonly warn: (line: string) => void;
}

/** Resolves to the command's result once its output is written and its end is reported or the limit is reached. */
export async function wrap(options: WrapOptions): Promise<CommandResult> {
  const { command, cwd, env, name, reportOutput } = options;
  const run = uuidv7();
  const agent = options.agentId ?? (slug(name, 63) || 'run');
  const reports = new EarlyReports();
  const output = new RunOutput({
    emit: (stream, text) => reports.add({ type: 'run.output', agent, run, data: { stream, text } }),
    onEvent: (event) => reports.add({ ...event, agent, run }),
    parser: options.parser,
    isPlain: options.isPlain,
  });
  const sinks: Record<CommandStream, PassThrough> = {
    stdout: new PassThrough(ownOutput(1), () => running.breakPipe('stdout')),
    stderr: new PassThrough(ownOutput(2), () => running.breakPipe('stderr')),
  };
  const atTerminal = hasTerminal();
  const questions = new Questions((report) => reports.add(report));
  const folder = createPrivateFolder(env);
  const socket = new RunSocket(folder, {
    report: (id, event) => id === run && reports.add({ ...event, agent, run }),
    ask: (id, question) => (id === run ? questions.ask(agent, run, question) : undefined),
    withdraw: (_run, id) => questions.withdraw(agent, id),
  });
  const signals = catchSignals(atTerminal, (signal) => running.signal(signal));
  const running = startCommand({
    command,
    cwd,
    env: {
      ...env,
      ...socket.env,
      AGENTLIGHT_RUN: run,
      AGENTLIGHT_AGENT: agent,
    },
    group: atTerminal ? 'shared' : 'own',
    stdin: 'inherit',
    pipeFolder: folder,
    ...(reportOutput && {
      onOutput(stream, chunk) {
        const written = sinks[stream].write(chunk);
        output.push(stream, chunk);
        return written;
      },
    }),
  });
  if (folder === undefined && process.platform !== 'win32') {
    options.warn(NO_FOLDER);
  }
  reports.add({
    type: 'run.started',
    agent,
    run,
    data: { command: showCommand(command), ...outerRun(env) },
  });
  const execute = ({ kind }: RunnerCommand) => {
    if (kind === 'cancel') running.cancel();
    else if (kind !== 'start' && running.pause(kind === 'pause')) {
      const type = kind === 'pause' ? 'run.paused' : 'run.resumed';
      reports.add({ type, agent, run, data: {} });
    }
  };
  let hasEnded = false;
  const isRunning = () => !hasEnded;
  const linking = connect(options, { agent, run, reports, questions, isRunning, execute });

  const ended = await running.result;
  hasEnded = true;
  await Promise.all([sinks.stdout.flushed(), sinks.stderr.flushed()]);
  await running.letGo('inherit');
  socket.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  const result = withWriteError(ended, sinks.stdout.failure ?? sinks.stderr.failure);
  await settle(result, atTerminal, signals);
  const verdict = output.end();
  const stoppedBy = signals.last && `Stopped by ${signals.last}.`;
  const outcome = outcomeOf(result, { tail: output.tail.read(), stoppedBy, verdict });
  reports.add({ ...outcome, agent, run });
  await leave(linking, signals);
  signals.release();
  return result;
}

/** The command wrote to a pipe without an error, but we could not write all of it to where it belongs. */
function withWriteError(result: CommandResult, failure: Error | undefined): CommandResult {
  if (!failure || (result.exitCode !== 0 && result.signal !== 'SIGPIPE')) return result;
  const error = new Error(`Its output could not be written: ${failure.message}`);
  return { reason: 'output', exitCode: 1, signal: undefined, error };
}

/** Waits for our copy of a signal that the terminal has sent, if the command may have ended by it. */
async function settle(
  { exitCode, signal }: CommandResult,
  atTerminal: boolean,
  signals: CaughtSignals,
): Promise<void> {
  const isBySignal = signal !== undefined || (exitCode ?? 0) > 128;
  if (!atTerminal || !isBySignal || signals.last !== undefined) return;
  await Promise.race([signals.next(), delay(SAME_SIGNAL_MS)]);
}

/** Keeps the reports until there is a link to the service. */
class EarlyReports {
  #kept: Report[] = [];
  #receive: ((report: Report) => void) | undefined;

  add(report: Report): true {
    if (this.#receive) this.#receive(report);
    else this.#kept.push({ time: new Date().toISOString(), ...report });
    return true;
  }

  handTo(receive: (report: Report) => void): void {
    this.#receive = receive;
    for (const report of this.#kept) receive(report);
    this.#kept = [];
  }
}

interface Wrapped {
  readonly agent: string;
  readonly run: string;
  readonly reports: EarlyReports;
  readonly questions: Questions;
  readonly isRunning: () => boolean;
  readonly execute: (command: RunnerCommand) => void;
}

/** Resolves to the link, or to undefined if there is no way to reach the service. */
async function connect(options: WrapOptions, wrapped: Wrapped): Promise<Link | undefined> {
  const { name, openClient, spoolFolder, warn } = options;
  const { agent, run, reports, questions, isRunning, execute } = wrapped;
  const warnOnce = onceOnly((reason) => warn(`${reason.split('\n')[0]} The command runs anyway.`));
  try {
    const client = await openClient();
    const { openWrapLink } = await import('./wrap-link.ts');
    const link = openWrapLink({
      client,
      runner: runnerIdOnce(hostname(), randomBytes(4).toString('hex')),
      run,
      name,
      agentId: agent,
      questions,
      spoolFolder: spoolFolder(client.url),
      isRunning,
      onCommand: execute,
      onDown: ({ message }) => warnOnce(`${message} Retrying in the background.`),
      log: warn,
    });
    reports.handTo((report) => link.report(report));
    link.run().catch((error: unknown) => warnOnce(messageOf(error)));
    return link;
  } catch (error) {
    reports.handTo(() => {});
    warnOnce(messageOf(error));
    return undefined;
  }
}

/** Waits for the last reports until the limit, or until the user sends another signal. What is left is stored. */
async function leave(linking: Promise<Link | undefined>, signals: CaughtSignals): Promise<void> {
  const reported = linking.then((link) => link?.leave('ended', LEAVE_MS));
  const hurried = delay(SAME_SIGNAL_MS, undefined, { ref: false }).then(() => signals.next());
  await Promise.race([reported, hurried, delay(LEAVE_MS, undefined, { ref: false })]);
  const link = await Promise.race([linking, Promise.resolve(undefined)]);
  link?.storeUnsent();
}

function onceOnly(action: (text: string) => void): (text: string) => void {
  let isDone = false;
  return (text) => {
    if (!isDone) action(text);
    isDone = true;
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
