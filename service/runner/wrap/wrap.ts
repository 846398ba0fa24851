/**
 * `agentlight run -- COMMAND`: runs one command exactly as if it stood there alone, and reports it.
 *
 * The command comes first: it starts before anything of the service is loaded or asked, and it never waits
 * for the service, fails for it, or loses a byte over it.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { OutputParser } from '../../adapters/output/output-parser.ts';
import type { Client } from '../link/client.ts';
import type { Report } from '../report/event-queue.ts';
import type { Link } from '../link/link.ts';
import type { RunnerCommand } from '../link/runner-command.ts';
import { outcomeOf, showCommand } from '../process/outcome.ts';
import { outerRun } from './outer-run.ts';
import { PassThrough } from './pass-through.ts';
import type { CommandResult, CommandStream } from '../process/process.ts';
import { startCommand } from '../process/process.ts';
import { Questions } from '../socket/questions.ts';
import { RunOutput } from '../output/run-output.ts';
import { RunSocket } from '../socket/run-socket.ts';
import { runnerIdOnce, slug } from '../link/runner-id.ts';
import type { CaughtSignals } from './wrap-signals.ts';
import { catchSignals, hasTerminal } from './wrap-signals.ts';

/** After the command's end, how long its last reports may take. */
const LEAVE_MS = 2_000;

export interface WrapOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** How people call it. */
  readonly name: string;
  /** Default: made from the name. */
  readonly agentId: string | undefined;
  /** False hands our stdout and stderr to the command itself; nothing that it prints is reported then. */
  readonly reportOutput: boolean;
  /** Default: one that finds out by itself what language the output is. */
  readonly listener?: OutputParser | undefined;
  /** Reports no colours and other control sequences; they are printed all the same. */
  readonly isPlain: boolean;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Called once the command runs. What it throws is told as a warning. */
  readonly openClient: () => Promise<Client>;
  /** Where on disk waits what can't be sent to a service. */
  readonly spoolFolder: (serviceUrl: string) => string;
  /** For people, on stderr; called at most a few times. */
  readonly warn: (line: string) => void;
}

/** Resolves, with how the command ended, after its output is written and its end is reported, or given up. */
export async function wrap(options: WrapOptions): Promise<CommandResult> {
  const { command, cwd, env, name, stdout, stderr, reportOutput } = options;
  const run = uuidv7();
  const agent = options.agentId ?? (slug(name, 63) || 'run');
  const reports = new EarlyReports();
  const output = new RunOutput({
    emit: (stream, text) => reports.add({ type: 'run.output', agent, run, data: { stream, text } }),
    say: (event) => reports.add({ ...event, agent, run }),
    listener: options.listener,
    isPlain: options.isPlain,
  });
  const sinks: Record<CommandStream, PassThrough> = {
    stdout: new PassThrough(stdout, () => running.breakPipe('stdout')),
    stderr: new PassThrough(stderr, () => running.breakPipe('stderr')),
  };
  const atTerminal = hasTerminal();
  const questions = new Questions((report) => reports.add(report));
  const socket = new RunSocket({
    say: (of, event) => of === run && reports.add({ ...event, agent, run }),
    ask: (of, question) => (of === run ? questions.ask(agent, run, question) : undefined),
    withdraw: (_run, id) => questions.withdraw(agent, id),
  });
  const running = startCommand({
    command,
    cwd,
    env: {
      ...env,
      AGENTLIGHT_SOCKET: socket.path,
      AGENTLIGHT_RUN: run,
      AGENTLIGHT_AGENT: agent,
    },
    group: atTerminal ? 'shared' : 'own',
    stdin: 'inherit',
    ...(reportOutput && {
      onOutput(stream, chunk) {
        const written = sinks[stream].write(chunk);
        output.push(stream, chunk);
        return written;
      },
    }),
  });
  const signals = catchSignals(atTerminal, (signal) => running.signal(signal));
  if (running.pid !== undefined) {
    reports.add({
      type: 'run.started',
      agent,
      run,
      data: { command: showCommand(command), ...outerRun(env) },
    });
  }
  const obey = ({ kind }: RunnerCommand) => {
    if (kind === 'cancel') running.cancel();
    else if (kind !== 'start' && running.pause(kind === 'pause')) {
      const type = kind === 'pause' ? 'run.paused' : 'run.resumed';
      reports.add({ type, agent, run, data: {} });
    }
  };
  const linking = connect(options, { agent, run, reports, questions, obey });

  const result = await running.result;
  socket.close();
  const ending = output.end();
  const stoppedBy = signals.last && `Stopped by ${signals.last}.`;
  const outcome = outcomeOf(result, { tail: output.tail.read(), stoppedBy, ending });
  reports.add({ ...outcome, agent, run });
  await Promise.all([sinks.stdout.flushed(), sinks.stderr.flushed()]);
  await leave(linking, signals);
  signals.release();
  return result;
}

/** Keeps what happens before the service is known. */
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
  readonly obey: (order: RunnerCommand) => void;
}

/** Resolves to the link, or to nothing when there is no way to the service at all. */
async function connect(options: WrapOptions, wrapped: Wrapped): Promise<Link | undefined> {
  const { name, openClient, spoolFolder, warn } = options;
  const { agent, run, reports, questions, obey } = wrapped;
  const warnOnce = onceOnly((why) => warn(`${why.split('\n')[0]} The command runs all the same.`));
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
      onOrder: obey,
      onDown: ({ message }) => warnOnce(`${message} Trying again in the background.`),
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

/** Gives the last reports their time, but not against a user who is impatient. */
async function leave(linking: Promise<Link | undefined>, signals: CaughtSignals): Promise<void> {
  const deadline = delay(LEAVE_MS, undefined, { ref: false });
  const reported = linking.then((link) => link?.leave('ended', LEAVE_MS));
  await Promise.race([reported, signals.next(), deadline]);
}

function onceOnly(act: (text: string) => void): (text: string) => void {
  let isDone = false;
  return (text) => {
    if (!isDone) act(text);
    isDone = true;
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
