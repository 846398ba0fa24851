/** One run of a hosted agent: its command, from the start to the last report. */
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
  readonly report: (report: Report) => void;
}

export interface HostedRun {
  readonly agent: string;
  /** Settles after the last report of the run. */
  readonly done: Promise<'succeeded' | 'failed' | 'cancelled'>;
  /** A wish from the service. */
  execute(kind: 'cancel' | 'pause' | 'resume'): void;
  /** The runner has to go: the run is cancelled, with `why` as its message, and killed after `graceMs`. */
  stop(why: string, graceMs: number): void;
}

export function startHostedRun({ run, agent, request, env, report }: HostedRunOptions): HostedRun {
  const { id, cwd, cancelGraceMs } = agent;
  const command = withArguments(agent.command, request);
  const timeoutMs = request.timeoutMs ?? agent.timeoutMs;
  const output = new RunOutput({
    emit: (stream, text) => report({ type: 'run.output', agent: id, run, data: { stream, text } }),
    say: (event) => report({ ...event, agent: id, run }),
    isPlain: agent.plainOutput,
    listener: agent.format === 'ndjson' ? new NdjsonParser() : undefined,
  });
  const running = startCommand({
    command,
    cwd,
    env: environmentOf(agent, run, request, env),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(cancelGraceMs !== undefined && { cancelGraceMs }),
    onOutput: (stream, chunk) => void output.push(stream, chunk),
  });
  if (running.pid !== undefined) {
    report({ type: 'run.started', agent: id, run, data: { command: showCommand(command) } });
  }
  let stoppedBy: string | undefined;
  const done = running.result.then((result) => {
    const ending = output.end();
    const tail = output.tail.read();
    const outcome = outcomeOf(result, { tail, timeoutMs, stoppedBy, ending });
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
    stop(why, graceMs) {
      stoppedBy = why;
      running.cancel(graceMs);
    },
  };
}

/** Puts what a run is asked with into the places that the command has for it: each value stays one argument. */
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
    const whole = WHOLE_PLACE.exec(part)?.[1];
    if (whole !== undefined) return valueOf(whole) ?? [];
    return part.replaceAll(PLACE, (_place, name: string) => valueOf(name) ?? '');
  });
}

const PLACE = /\{\{(prompt|params\.[^{}]+)\}\}/g;
const WHOLE_PLACE = /^\{\{(prompt|params\.[^{}]+)\}\}$/;

const FINAL_STATUS = {
  'run.succeeded': 'succeeded',
  'run.failed': 'failed',
  'run.cancelled': 'cancelled',
} as const;

/**
 * What a command finds in its environment: the runner's own and the agent's, and what was asked for in
 * `AGENTLIGHT_RUN`, `AGENTLIGHT_AGENT`, `AGENTLIGHT_PARAMS` (JSON) and `AGENTLIGHT_PROMPT`, beside the way to speak
 * of itself, `AGENTLIGHT_SOCKET`. That comes from
 * the network, so it is never a part of the command itself. The runner's secrets stay with the runner:
 * what a command prints is there for everyone who may read the log.
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
