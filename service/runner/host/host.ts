/**
 * `agentlight up`: hosts the agents of a configuration and runs their commands on request.
 *
 * A run is started once, even if the request is repeated after a reconnect. Open runs of its agents that this process
 * did not start belong to an earlier process; they are reported as lost.
 */
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentProfile, Capability } from '../../../protocol/events/agent.ts';
import type { RunRequest } from '../../../protocol/events/run.ts';
import type { Run } from '../../../protocol/fleet/fleet.ts';
import { isFinal } from '../../../protocol/fleet/fleet.ts';
import type { Snapshot } from '../../../protocol/wire/messages.ts';
import type { ParsedEvent } from '../../adapters/output/output-parser.ts';
import type { Client } from '../../../protocol/client/client.ts';
import type { HostedRun } from './hosted-run.ts';
import { startHostedRun } from './hosted-run.ts';
import { Link } from '../link/link.ts';
import type { RunnerCommand } from '../link/runner-command.ts';
import { openCommands, startCommandOf } from '../link/runner-command.ts';
import { Questions } from '../socket/questions.ts';
import { RunSocket } from '../socket/run-socket.ts';
import { createPrivateFolder } from '../process/private-folder.ts';
import type { AgentConfig, RunnerConfig } from './runner-config.ts';

/** Total time for a stop: Ctrl-C should feel immediate. */
const STOP_MS = 1_500;
/** The part of it in which commands can end by themselves before they are killed. */
const STOP_GRACE_MS = 700;
/** The part of it in which we wait for all commands, including killed ones. */
const STOP_WAIT_MS = 1_100;
/** Number of runs that are remembered, so that none is started twice. */
const MAX_KNOWN_RUNS = 20_000;

/** Pausing is SIGSTOP and SIGCONT, which Windows does not have. */
const CAPABILITIES: Capability[] =
  process.platform === 'win32' ? ['run', 'cancel'] : ['run', 'cancel', 'pause'];

export interface HostOptions {
  readonly client: Client;
  readonly config: RunnerConfig;
  readonly runner: string;
  /** Host name. */
  readonly hostName: string;
  /** Folder for events that can't be sent yet. */
  readonly spoolFolder: string;
  /** The environment that commands inherit. */
  readonly env: NodeJS.ProcessEnv;
  /** Prints one line for people. */
  readonly log: (line: string) => void;
}

export class Host {
  readonly #options: HostOptions;
  readonly #agents: ReadonlyMap<string, AgentConfig>;
  readonly #link: Link;
  readonly #live = new Map<string, HostedRun>();
  /** Every run that this process has handled, oldest first. */
  readonly #known = new Set<string>();
  readonly #questions = new Questions((report) => this.#link.report(report));
  readonly #folder = createPrivateFolder(process.env);
  readonly #socket = new RunSocket(this.#folder, {
    report: (run, event) => this.#report(run, event),
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
      onOrder: (command) => this.#execute(command),
      spool: {
        folder: options.spoolFolder,
        header: () => ({ agents: this.#profiles() }),
        onRecovered: log,
      },
      log,
    });
  }

  /**
   * Hosts the agents until `stop` is called or another process takes over.
   *
   * @throws ServiceError when the service refuses permanently. No command is running any more then.
   */
  async run(): Promise<'closed' | 'replaced'> {
    try {
      return await this.#link.run();
    } finally {
      await this.#endRuns('Its runner lost its place at the service.');
      this.#socket.close();
      if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  /** Cancels and reports running commands, then disconnects; within 1.5 s. Then `run` resolves. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const endsAtMs = performance.now() + STOP_MS;
    await this.#endRuns('Its runner was stopped.');
    await this.#link.leave('goodbye', Math.max(0, endsAtMs - performance.now()));
  }

  /** Kills all commands immediately, without reporting it. */
  kill(): void {
    for (const run of this.#live.values()) run.stop('Its runner was killed.', 0);
  }

  async #endRuns(reason: string): Promise<void> {
    const runs = [...this.#live.values()];
    for (const run of runs) run.stop(reason, STOP_GRACE_MS);
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
      const capabilities: Capability[] = takesPrompt ? [...CAPABILITIES, 'prompt'] : CAPABILITIES;
      return [id, { ...profile, host: hostName, capabilities }] as const;
    });
    return Object.fromEntries(profiles);
  }

  #compare(snapshot: Snapshot): void {
    const { fleet } = snapshot;
    this.#questions.compare(snapshot);
    for (const run of Object.values(fleet.runs)) {
      // queued runs are requested later
      if (isFinal(run.status) || run.status === 'queued' || !this.#agents.has(run.agent)) continue;
      if (this.#known.has(run.id)) for (const command of openCommands(run)) this.#execute(command);
      else if (run.status === 'requested') this.#accept(run);
      else this.#giveUp(run);
    }
  }

  #accept(run: Run): void {
    const { id, agent } = run;
    if (run.cancelRequestedBy === undefined) {
      this.#execute(startCommandOf(run));
      return;
    }
    this.#remember(id);
    const data = { message: 'Cancelled before it started.' };
    this.#link.report({ type: 'run.cancelled', agent, run: id, data });
  }

  #giveUp({ id, agent }: Run): void {
    this.#remember(id);
    const message = 'The runner was restarted while this was running.';
    this.#link.report({ type: 'run.failed', agent, run: id, data: { reason: 'lost', message } });
    this.#options.log(`${agent}: run ${id} of an earlier runner is lost`);
  }

  #report(run: string, event: ParsedEvent): boolean {
    const agent = this.#live.get(run)?.agent;
    if (agent === undefined) return false;
    this.#link.report({ ...event, agent, run });
    return true;
  }

  #execute(command: RunnerCommand): void {
    if (command.kind !== 'start') this.#live.get(command.run)?.execute(command.kind);
    else if (!this.#known.has(command.run)) {
      this.#start(command.run, command.agent, command.request);
    }
  }

  #start(id: string, agentId: string, request: RunRequest): void {
    const { env, log } = this.#options;
    const agent = this.#agents.get(agentId);
    if (!agent || this.#isStopping) return;
    this.#remember(id);
    const startedAtMs = performance.now();
    const report = this.#link.report.bind(this.#link);
    const run = startHostedRun({
      run: id,
      agent,
      request,
      env: { ...env, ...this.#socket.env },
      pipeFolder: this.#folder,
      report,
    });
    this.#live.set(id, run);
    log(`${agentId}: started`);
    void run.done.then((status) => {
      this.#live.delete(id);
      log(
        `${agentId}: ${status} after ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`,
      );
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
    if (!this.#wasDown) this.#options.log(`${error.message} Retrying in ${seconds} s, and so on.`);
    this.#wasDown = true;
  }
}
