/** Runs the command of a hosted agent, from the start to the last report. */
import type { RunRequest } from '../../../protocol/events/run.ts';
import type { Report } from '../report/event-queue.ts';
import { NdjsonParser } from '../output/ndjson-parser.ts';
import { outcomeOf, showCommand } from '../process/outcome.ts';
import { startCommand } from '../process/process.ts';
import { RunOutput } from '../output/run-output.ts';
import type { AgentConfig } from './runner-config.ts';

export interface HostedRunOptions {
  readonly run: string;
  readonly agent: AgentConfig;
  readonly request: RunRequest;
  readonly env: NodeJS.ProcessEnv;
  /** A private folder for the pipes of its output, if there is one. */
  readonly pipeFolder: string | undefined;
  readonly report: (report: Report) => void;
}

export interface HostedRun {
  readonly agent: string;
  /** Settles after the last report of the run. */
  readonly done: Promise<'succeeded' | 'failed' | 'cancelled'>;
  /** Executes a command from the service. */
  execute(kind: 'cancel' | 'pause' | 'resume'): void;
  /** Cancels the run because the runner stops. @param reason message of the run. @param graceMs time until SIGKILL. */
  stop(reason: string, graceMs: number): void;
}

export function startHostedRun(options: HostedRunOptions): HostedRun {
  const { run, agent, request, env, pipeFolder, report } = options;
  const { id, cwd, cancelGraceMs } = agent;
  const command = withArguments(agent.command, request);
  const timeoutMs = request.timeoutMs ?? agent.timeoutMs;
  const output = new RunOutput({
    emit: (stream, text) => report({ type: 'run.output', agent: id, run, data: { stream, text } }),
    onEvent: (event) => report({ ...event, agent: id, run }),
    isPlain: agent.plainOutput,
    parser: agent.format === 'ndjson' ? new NdjsonParser() : undefined,
  });
  const running = startCommand({
    command,
    cwd,
    env: environmentOf(agent, run, request, env),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(cancelGraceMs !== undefined && { cancelGraceMs }),
    pipeFolder,
    onOutput: (stream, chunk) => void output.push(stream, chunk),
  });
  if (running.pid !== undefined) {
    report({ type: 'run.started', agent: id, run, data: { command: showCommand(command) } });
  }
  let stoppedBy: string | undefined;
  const done = running.result.then(async (result) => {
    await running.letGo('ignore');
    const verdict = output.end();
    const tail = output.tail.read();
    const outcome = outcomeOf(result, { tail, timeoutMs, stoppedBy, verdict });
    report({ ...outcome, agent: id, run });
    return FINAL_STATUS[outcome.type];
  });
  return {
    agent: id,
    done,
    execute(kind) {
      if (kind === 'cancel') running.cancel();
      else if (running.pause(kind === 'pause')) {
        const type = kind === 'pause' ? 'run.paused' : 'run.resumed';
        report({ type, agent: id, run, data: {} });
      }
    },
    stop(reason, graceMs) {
      stoppedBy = reason;
      running.cancel(graceMs);
    },
  };
}

/** Replaces the placeholders of a command by the parameters and the prompt of a run. Each value stays one argument. */
export function withArguments(
  command: readonly string[],
  { params = {}, prompt }: RunRequest,
): string[] {
  const valueOf = (name: string): string | undefined => {
    const value = name === 'prompt' ? prompt : params[name.slice('params.'.length)];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  return command.flatMap((part) => {
    const whole = WHOLE_PLACEHOLDER.exec(part)?.[1];
    if (whole !== undefined) return valueOf(whole) ?? [];
    return part.replaceAll(PLACEHOLDER, (_placeholder, name: string) => valueOf(name) ?? '');
  });
}

const PLACEHOLDER = /\{\{(prompt|params\.[^{}]+)\}\}/g;
const WHOLE_PLACEHOLDER = /^\{\{(prompt|params\.[^{}]+)\}\}$/;

const FINAL_STATUS = {
  'run.succeeded': 'succeeded',
  'run.failed': 'failed',
  'run.cancelled': 'cancelled',
} as const;

/**
 * The environment of a command: the runner's, the agent's, and the request in `AGENTLIGHT_RUN`, `AGENTLIGHT_AGENT`,
 * `AGENTLIGHT_PARAMS` (JSON) and `AGENTLIGHT_PROMPT`. The runner's tokens are removed, because everybody who can read
 * the log sees what a command prints.
 */
function environmentOf(
  agent: AgentConfig,
  run: string,
  { params, prompt }: RunRequest,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const { AGENTLIGHT_TOKEN: _token, AGENTLIGHT_OWNER_TOKEN: _ownerToken, ...inherited } = env;
  return {
    ...inherited,
    ...agent.env,
    AGENTLIGHT_RUN: run,
    AGENTLIGHT_AGENT: agent.id,
    ...(params !== undefined && { AGENTLIGHT_PARAMS: JSON.stringify(params) }),
    ...(prompt !== undefined && { AGENTLIGHT_PROMPT: prompt }),
  };
}
