/**
 * Presence: which agents can be reached. An open socket is not proof of life. Five layers:
 *
 * 1. The runner says goodbye: offline at once.
 * 2. Its stream closes: offline after a short grace period, in which it may reconnect.
 * 3. It sends no heartbeat in time: offline, even if its stream is open.
 * 4. The service restarts: stale until the runner reconnects, offline after a longer grace period (orphans.ts).
 * 5. Another instance dies: the same; its expired lease shows it (instances.ts).
 *
 * A run whose runner is out of contact is *lost*. It continues when the runner reconnects, and fails when that takes
 * too long.
 */
import type { Logger } from 'pino';
import type { Actor, RunnerConnection } from '../../protocol/decide/command.ts';
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { DisconnectReason } from '../../protocol/events/agent.ts';
import type { Fleet, Run } from '../../protocol/fleet/fleet.ts';
import { activeRuns } from '../../protocol/fleet/fleet.ts';
import type { Problem } from '../../protocol/wire/problem.ts';
import type { Bye, PendingCommands } from '../../protocol/wire/messages.ts';
import type { Log } from '../log/log.ts';
import type { Instances } from './instances.ts';
import { Orphans } from './orphans.ts';

export interface PresenceOptions {
  readonly log: Log;
  readonly logger: Logger;
  readonly instances: Instances;
  readonly disconnectGraceMs: number;
  readonly runnerTimeoutMs: number;
  readonly restartGraceMs: number;
  readonly lostRunMs: number;
  /** Monotonic clock. */
  readonly nowMs: () => number;
}

/** A requested run that has not started after this time is sent again. */
const RESEND_AFTER_MS = 10_000;

/** The connection of one runner: its command stream, or the grace period after that closed. */
interface Link {
  readonly runner: string;
  /** The user of the runner's token. */
  readonly user: string;
  readonly generation: number;
  lastHeartbeatMs: number;
  /** Closes the stream; set once it is open. */
  closeStream: ((bye: Bye) => void) | undefined;
  /** Timer that runs while the stream is closed and the runner may still reconnect. */
  grace: NodeJS.Timeout | undefined;
}

export type ConnectResult =
  | { readonly generation: number; readonly problem?: never }
  | { readonly problem: Problem; readonly generation?: never };

export class Presence {
  readonly #options: PresenceOptions;
  readonly #log: Log;
  readonly #links = new Map<string, Link>();
  readonly #lostRuns = new Map<string, NodeJS.Timeout>();
  readonly #sweep: NodeJS.Timeout;
  readonly #stopListening: () => void;
  readonly #orphans: Orphans;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#stopListening = this.#log.listen((events, fleet) => this.#watch(events, fleet));
    this.#orphans = new Orphans({
      log: this.#log,
      restartGraceMs: options.restartGraceMs,
      onTimeout: (connection) => void this.#disconnect(connection, 'service-restart'),
    });
    this.#sweep = setInterval(() => this.#dropSilentLinks(), options.runnerTimeoutMs / 10);
  }

  /** Records the start of this process, and gives the runners of the previous one time to reconnect. */
  async start(version: string): Promise<void> {
    const { instances } = this.#options;
    const alive = await instances.others();
    const { id: instance } = instances;
    await this.#log.append({ type: 'start-service', instance, version, alive }, SERVICE_ACTOR);
    for (const run of Object.values(this.#log.fleet.runs))
      if (run.lost) this.#startLostRunTimer(run.id);
    this.#orphans.start();
  }

  /** Connects `runner` to its agents, before its stream opens. Closes an older stream of the same runner. */
  async connect(runner: string, agents: readonly string[], actor: Actor): Promise<ConnectResult> {
    const holder = this.#links.get(runner)?.user ?? actor.user;
    if (holder !== actor.user && !actor.scopes.includes('admin')) {
      const detail = `The runner ${runner} belongs to ${holder}. Use another id for your runner.`;
      return { problem: { type: 'not-owner', detail } };
    }
    const { events, problem } = await this.#log.append(
      { type: 'connect', runner, agents, instance: this.#options.instances.id },
      actor,
    );
    if (problem) return { problem };
    const [first] = events;
    const generation = first?.type === 'agent.connected' ? first.data.generation : 0;
    const older = this.#links.get(runner);
    if (older) {
      clearTimeout(older.grace);
      older.closeStream?.({ reason: 'replaced', retryMs: 0 });
    }
    const { user } = actor;
    const lastHeartbeatMs = this.#options.nowMs();
    const link = {
      runner,
      user,
      generation,
      lastHeartbeatMs,
      closeStream: undefined,
      grace: undefined,
    };
    this.#links.set(runner, link);
    // agents that the runner no longer hosts
    if (older) await this.#disconnect(older, 'goodbye');
    return { generation };
  }

  /** The stream of a new connection is open; `closeStream` ends it. */
  opened(runner: string, generation: number, closeStream: (bye: Bye) => void): void {
    const link = this.#current(runner, generation);
    if (link) link.closeStream = closeStream;
    else closeStream({ reason: 'replaced', retryMs: 0 });
  }

  /** The stream of a connection has closed. */
  closed(runner: string, generation: number): void {
    const link = this.#current(runner, generation);
    if (!link || link.grace) return;
    link.closeStream = undefined;
    link.grace = setTimeout(
      () => void this.#drop(link, 'connection-lost'),
      this.#options.disconnectGraceMs,
    );
  }

  /** Returns false if this is not the current connection of the runner, or belongs to another user. */
  heartbeat(runner: string, generation: number, { user }: Actor): boolean {
    const link = this.#current(runner, generation);
    if (link?.user !== user) return false;
    link.lastHeartbeatMs = this.#options.nowMs();
    return true;
  }

  /** The runner leaves on purpose. Returns false like `heartbeat`. */
  async goodbye(
    runner: string,
    generation: number,
    { user }: Actor,
    reason: Extract<DisconnectReason, 'goodbye' | 'ended'>,
  ): Promise<boolean> {
    const link = this.#current(runner, generation);
    if (link?.user !== user) return false;
    await this.#drop(link, reason);
    return true;
  }

  /** The commands that this runner has not confirmed yet. */
  pendingCommands(runner: string): PendingCommands {
    const { agents } = this.#log.fleet;
    const hosted = Object.values(agents).filter((agent) => agent.runner === runner);
    const runs = hosted.flatMap((agent) => activeRuns(this.#log.fleet, agent));
    const ids = (isPending: (run: Run) => boolean) => runs.filter(isPending).map(({ id }) => id);
    const requestedBefore = new Date(Date.now() - RESEND_AFTER_MS).toISOString();
    return {
      cancel: ids((run) => run.cancelRequestedBy !== undefined),
      pause: ids(({ controlRequest }) => controlRequest?.kind === 'pause'),
      resume: ids(({ controlRequest }) => controlRequest?.kind === 'resume'),
      start: runs.filter(
        ({ status, requestedAt = '' }) => status === 'requested' && requestedAt < requestedBefore,
      ),
    };
  }

  close(): void {
    this.#stopListening();
    clearInterval(this.#sweep);
    this.#orphans.close();
    for (const link of this.#links.values()) clearTimeout(link.grace);
    for (const timer of this.#lostRuns.values()) clearTimeout(timer);
    this.#links.clear();
  }

  #current(runner: string, generation: number): Link | undefined {
    const link = this.#links.get(runner);
    return link?.generation === generation ? link : undefined;
  }

  async #drop(link: Link, reason: DisconnectReason): Promise<void> {
    if (this.#current(link.runner, link.generation) !== link) return;
    clearTimeout(link.grace);
    this.#links.delete(link.runner);
    await this.#disconnect(link, reason);
    const left = reason === 'goodbye' || reason === 'ended';
    link.closeStream?.({ reason: left ? 'left' : 'silent', retryMs: 0 });
  }

  async #disconnect(
    { runner, generation }: RunnerConnection,
    reason: DisconnectReason,
  ): Promise<void> {
    const connection = { runner, generation };
    const outcome = await this.#log.append(
      { type: 'disconnect', connection, reason },
      SERVICE_ACTOR,
    );
    if (!outcome.problem) return;
    this.#options.logger.warn(
      { connection, problem: outcome.problem },
      'could not record a disconnect',
    );
  }

  #dropSilentLinks(): void {
    const oldestMs = this.#options.nowMs() - this.#options.runnerTimeoutMs;
    for (const link of this.#links.values()) {
      if (link.lastHeartbeatMs < oldestMs) void this.#drop(link, 'heartbeat-timeout');
    }
  }

  #watch(events: readonly LogEvent[], fleet: Fleet): void {
    for (const event of events) {
      if (event.type === 'run.lost' && event.run !== undefined) this.#startLostRunTimer(event.run);
      if (event.type === 'service.stopped' && event.data.reason === 'lost') {
        if (event.data.instance === this.#options.instances.id) this.#closeAllStreams();
      }
    }
    for (const [run, timer] of this.#lostRuns) {
      if (fleet.runs[run]?.lost) continue;
      clearTimeout(timer);
      this.#lostRuns.delete(run);
    }
  }

  /** The other instances recorded this process as dead, perhaps because its machine slept: runners must reconnect. */
  #closeAllStreams(): void {
    for (const link of this.#links.values()) {
      clearTimeout(link.grace);
      link.closeStream?.({ reason: 'silent', retryMs: 0 });
    }
    this.#links.clear();
  }

  #startLostRunTimer(run: string): void {
    if (this.#lostRuns.has(run)) return;
    const { lostRunMs } = this.#options;
    const minutes = Math.round(lostRunMs / 6_000) / 10;
    const message = `Its runner has been out of contact for ${minutes} min. The command may still be running.`;
    const timer = setTimeout(
      () => void this.#log.append({ type: 'lose-run', run, message }, SERVICE_ACTOR),
      lostRunMs,
    );
    this.#lostRuns.set(run, timer);
  }
}
