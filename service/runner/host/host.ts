/**
 * `agentlight up`: hosts the agents of a configuration, and runs their commands when it is asked to.
 *
 * A run is started once, whatever is told again after a reconnect. Runs that this process does not have but
 * that its agents are said to be in are the remains of an earlier process; they end as lost.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentProfile, Capability } from '../../../protocol/events/agent.ts';
import type { RunRequest } from '../../../protocol/events/run.ts';
import type { Run } from '../../../protocol/fleet/fleet.ts';
import { isFinal } from '../../../protocol/fleet/fleet.ts';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import type { ParsedEvent } from '../../adapters/output/output-parser.ts';
import type { Client } from '../link/client.ts';
import type { HostedRun } from './hosted-run.ts';
import { startHostedRun } from './hosted-run.ts';
import { Link } from '../link/link.ts';
import type { RunnerCommand } from '../link/runner-command.ts';
import { openCommands, startCommand } from '../link/runner-command.ts';
import { Questions } from '../socket/questions.ts';
import { RunSocket } from '../socket/run-socket.ts';
import type { AgentConfig, RunnerConfig } from './runner-config.ts';

/** How long a stop may take in all; a terminal's Ctrl-C should feel immediate. */
const STOP_MS = 1_500;
/** Of that, what the commands have to end by themselves before they are killed. */
const STOP_GRACE_MS = 700;
/** And what is waited for those that even SIGKILL does not end at once. */
const STOP_WAIT_MS = 1_100;
/** Runs that are remembered so as not to be started again. */
const MAX_KNOWN_RUNS = 20_000;

/** Pausing is SIGSTOP and SIGCONT, which Windows does not have. */
const CAN: Capability[] =
  process.platform === 'win32' ? ['run', 'cancel'] : ['run', 'cancel', 'pause'];

export interface HostOptions {
  readonly client: Client;
  readonly config: RunnerConfig;
  readonly runner: string;
  /** The machine, as people call it. */
  readonly hostName: string;
  /** Where on disk waits what can't be sent. */
  readonly spoolFolder: string;
  /** What the commands inherit. */
  readonly env: NodeJS.ProcessEnv;
  /** For people. */
  readonly log: (line: string) => void;
}

export class Host {
  readonly #options: HostOptions;
  readonly #agents: ReadonlyMap<string, AgentConfig>;
  readonly #link: Link;
  readonly #live = new Map<string, HostedRun>();
  /** Every run that this process has had to do with, oldest first. */
  readonly #known = new Set<string>();
  readonly #questions = new Questions((report) => this.#link.report(report));
  readonly #socket = new RunSocket({
    say: (run, said) => this.#say(run, said),
    ask: (run, question) => {
      const agent = this.#live.get(run)?.agent;
      return agent === undefined ? undefined : this.#questions.ask(agent, run, question);
    },
    withdraw: (run, id) => {
      const agent = this.#live.get(run)?.agent;
      if (agent !== undefined) this.#questions.withdraw(agent, id);
    },
  });
  #isStopping = false;
  #wasDown = false;

  constructor(options: HostOptions) {
    const { client, runner, config, log } = options;
    this.#options = options;
    this.#agents = new Map(config.agents.map((agent) => [agent.id, agent]));
    this.#link = new Link({
      client,
      runner,
      register: (signal) => this.#register(signal),
      onUp: () => this.#cameUp(),
      onDown: (error, retryMs) => this.#wentDown(error, retryMs),
      onSnapshot: (snapshot) => this.#compare(snapshot),
      onEvent: (event) => this.#questions.parse(event),
      onOrder: (order) => this.#execute(order),
      spool: { folder: options.spoolFolder, header: () => ({ agents: this.#profiles() }) },
      log,
    });
  }

  /**
   * Hosts until `stop`, or until another process takes over.
   *
   * @throws ProblemError when the service refuses for good; no command is running any more then.
   */
  async run(): Promise<'closed' | 'replaced'> {
    try {
      return await this.#link.run();
    } finally {
      await this.#endRuns('Its runner lost its place at the service.');
      this.#socket.close();
    }
  }

  /** Cancels what is running, reports it, says goodbye; within 1.5 s. `run` resolves then. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const endsAtMs = performance.now() + STOP_MS;
    await this.#endRuns('Its runner was stopped.');
    await this.#link.leave('goodbye', Math.max(0, endsAtMs - performance.now()));
  }

  /** Ends all commands at once, without a word to the service. */
  kill(): void {
    for (const run of this.#live.values()) run.stop('Its runner was killed.', 0);
  }

  async #endRuns(why: string): Promise<void> {
    const runs = [...this.#live.values()];
    for (const run of runs) run.stop(why, STOP_GRACE_MS);
    const allDone = Promise.all(runs.map((run) => run.done));
    await Promise.race([allDone, delay(STOP_WAIT_MS, undefined, { ref: false })]);
  }

  async #register(signal: AbortSignal): Promise<readonly string[]> {
    const { client } = this.#options;
    for (const [id, profile] of Object.entries(this.#profiles())) {
      await client.registerAgent(id, profile, signal);
    }
    return [...this.#agents.keys()];
  }

  #profiles(): Record<string, AgentProfile> {
    const { hostName } = this.#options;
    const profiles = [...this.#agents.values()].map(({ id, profile, takesPrompt }) => {
      const capabilities: Capability[] = takesPrompt ? [...CAN, 'prompt'] : CAN;
      return [id, { ...profile, host: hostName, capabilities }] as const;
    });
    return Object.fromEntries(profiles);
  }

  #compare(snapshot: Snapshot): void {
    const { fleet } = snapshot;
    this.#questions.compare(snapshot);
    for (const run of Object.values(fleet.runs)) {
      // what waits in line is asked for when its turn comes
      if (isFinal(run.status) || run.status === 'queued' || !this.#agents.has(run.agent)) continue;
      if (this.#known.has(run.id)) for (const order of openCommands(run)) this.#execute(order);
      else if (run.status === 'requested') this.#accept(run);
      else this.#giveUp(run);
    }
  }

  #accept(run: Run): void {
    const { id, agent } = run;
    if (run.cancelRequestedBy === undefined) {
      this.#execute(startCommand(run));
      return;
    }
    this.#remember(id);
    const data = { message: 'Cancelled before it began.' };
    this.#link.report({ type: 'run.cancelled', agent, run: id, data });
  }

  #giveUp({ id, agent }: Run): void {
    this.#remember(id);
    const message = 'The runner was restarted while this was running.';
    this.#link.report({ type: 'run.failed', agent, run: id, data: { reason: 'lost', message } });
    this.#options.log(`${agent}: run ${id} of an earlier runner is lost`);
  }

  #say(run: string, event: ParsedEvent): boolean {
    const agent = this.#live.get(run)?.agent;
    if (agent === undefined) return false;
    this.#link.report({ ...event, agent, run });
    return true;
  }

  #execute(order: RunnerCommand): void {
    if (order.kind !== 'start') this.#live.get(order.run)?.execute(order.kind);
    else if (!this.#known.has(order.run)) this.#start(order.run, order.agent, order.request);
  }

  #start(id: string, agentId: string, request: RunRequest): void {
    const { env, log } = this.#options;
    const agent = this.#agents.get(agentId);
    if (!agent || this.#isStopping) return;
    this.#remember(id);
    const beganAtMs = performance.now();
    const report = this.#link.report.bind(this.#link);
    const run = startHostedRun({
      run: id,
      agent,
      request,
      env: { ...env, AGENTLIGHT_SOCKET: this.#socket.path },
      report,
    });
    this.#live.set(id, run);
    log(`${agentId}: started`);
    void run.done.then((status) => {
      this.#live.delete(id);
      log(`${agentId}: ${status} after ${((performance.now() - beganAtMs) / 1_000).toFixed(1)} s`);
    });
  }

  #remember(run: string): void {
    this.#known.add(run);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_KNOWN_RUNS && oldest !== undefined) this.#known.delete(oldest);
  }

  #cameUp(): void {
    const { client, runner, log } = this.#options;
    const names = [...this.#agents.keys()].join(', ');
    log(this.#wasDown ? 'Connected again.' : `Hosting ${names} for ${client.url} as ${runner}.`);
    this.#wasDown = false;
  }

  #wentDown(error: Error, retryMs: number): void {
    const seconds = (retryMs / 1_000).toFixed(1);
    if (!this.#wasDown)
      this.#options.log(`${error.message} Trying again in ${seconds} s, and then on.`);
    this.#wasDown = true;
  }
}
