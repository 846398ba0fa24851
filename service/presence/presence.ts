/**
 * Presence: which agents are really there. An open socket is never proof of life.
 *
 * 1. goodbye: the runner says that it leaves; offline at once.
 * 2. its stream closes: offline after a short grace, in which it may come back.
 * 3. no heartbeat for too long: offline, whatever TCP believes.
 * 4. this service restarted: stale until its runner is back, offline after a longer grace (orphans.ts).
 * 5. another instance died: the same, noticed by its lease (instances.ts).
 *
 * A run whose runner is gone is *lost*; it goes on when the runner is back, and fails when that takes too long.
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
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** A run that was asked for so long ago and has not begun is offered again. */
const UNHEARD_MS = 10_000;

/** One held command stream. */
interface Link {
  readonly runner: string;
  /** Who holds it. */
  readonly user: string;
  readonly generation: number;
  lastBeatMs: number;
  /** Closes the stream; set once it is open. */
  hangUp: ((bye: Bye) => void) | undefined;
  /** Runs while the stream is closed and the runner may still come back. */
  grace: NodeJS.Timeout | undefined;
}

export type Connected =
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
      giveUp: (connection) => void this.#disconnect(connection, 'service-restart'),
    });
    this.#sweep = setInterval(() => this.#endSilent(), options.runnerTimeoutMs / 10);
  }

  /** Says that this process serves now, and gives the runners of the last one some time to come back. */
  async start(version: string): Promise<void> {
    const { instances } = this.#options;
    const alive = await instances.others();
    const { id: instance } = instances;
    await this.#log.append({ type: 'start-service', instance, version, alive }, SERVICE_ACTOR);
    for (const run of Object.values(this.#log.fleet.runs)) if (run.lost) this.#expectRun(run.id);
    this.#orphans.start();
  }

  /** Registers that `runner` holds the command stream of `agents`; an older stream of the same runner is closed. */
  async connect(runner: string, agents: readonly string[], actor: Actor): Promise<Connected> {
    const holder = this.#links.get(runner)?.user ?? actor.user;
    if (holder !== actor.user && !actor.scopes.includes('admin')) {
      const detail = `The runner ${runner} belongs to ${holder}. Choose another id for yours.`;
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
      older.hangUp?.({ reason: 'replaced', retryMs: 0 });
    }
    const { user } = actor;
    const lastBeatMs = this.#options.nowMs();
    const link = { runner, user, generation, lastBeatMs, hangUp: undefined, grace: undefined };
    this.#links.set(runner, link);
    // what it does not host any more
    if (older) await this.#disconnect(older, 'goodbye');
    return { generation };
  }

  /** Tells how to close the stream of a connection that was just registered. */
  opened(runner: string, generation: number, hangUp: (bye: Bye) => void): void {
    const link = this.#current(runner, generation);
    if (link) link.hangUp = hangUp;
    else hangUp({ reason: 'replaced', retryMs: 0 });
  }

  /** The stream's socket is closed. */
  closed(runner: string, generation: number): void {
    const link = this.#current(runner, generation);
    if (!link || link.grace) return;
    link.hangUp = undefined;
    link.grace = setTimeout(
      () => void this.#drop(link, 'connection-lost'),
      this.#options.disconnectGraceMs,
    );
  }

  /** False when this is not the runner's connection (any more), or somebody else's. */
  heartbeat(runner: string, generation: number, { user }: Actor): boolean {
    const link = this.#current(runner, generation);
    if (link?.user !== user) return false;
    link.lastBeatMs = this.#options.nowMs();
    return true;
  }

  /** The runner leaves on purpose. False when this is not its connection (any more), or somebody else's. */
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

  /** What this runner should do with the runs of its agents. */
  pendingCommands(runner: string): PendingCommands {
    const { agents } = this.#log.fleet;
    const hosted = Object.values(agents).filter((agent) => agent.runner === runner);
    const runs = hosted.flatMap((agent) => activeRuns(this.#log.fleet, agent));
    const ids = (isWished: (run: Run) => boolean) => runs.filter(isWished).map(({ id }) => id);
    const unheardSince = new Date(Date.now() - UNHEARD_MS).toISOString();
    return {
      cancel: ids((run) => run.cancelRequestedBy !== undefined),
      pause: ids(({ controlRequest }) => controlRequest?.kind === 'pause'),
      resume: ids(({ controlRequest }) => controlRequest?.kind === 'resume'),
      start: runs.filter(
        ({ status, requestedAt = '' }) => status === 'requested' && requestedAt < unheardSince,
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
    link.hangUp?.({ reason: left ? 'left' : 'silent', retryMs: 0 });
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
      'could not note a disconnect',
    );
  }

  #endSilent(): void {
    const silentSinceMs = this.#options.nowMs() - this.#options.runnerTimeoutMs;
    for (const link of this.#links.values()) {
      if (link.lastBeatMs < silentSinceMs) void this.#drop(link, 'heartbeat-timeout');
    }
  }

  #watch(events: readonly LogEvent[], fleet: Fleet): void {
    for (const event of events) {
      if (event.type === 'run.lost' && event.run !== undefined) this.#expectRun(event.run);
      if (event.type === 'service.stopped' && event.data.reason === 'lost') {
        if (event.data.instance === this.#options.instances.id) this.#hangUpAll();
      }
    }
    for (const [run, timer] of this.#lostRuns) {
      if (fleet.runs[run]?.lost) continue;
      clearTimeout(timer);
      this.#lostRuns.delete(run);
    }
  }

  /** The others took this process for dead, perhaps as its machine was asleep: begin anew. */
  #hangUpAll(): void {
    for (const link of this.#links.values()) {
      clearTimeout(link.grace);
      link.hangUp?.({ reason: 'silent', retryMs: 0 });
    }
    this.#links.clear();
  }

  #expectRun(run: string): void {
    if (this.#lostRuns.has(run)) return;
    const { lostRunMs } = this.#options;
    const minutes = Math.round(lostRunMs / 6_000) / 10;
    const message = `Its runner has been out of contact for ${minutes} min; whether it still goes on is unknown.`;
    const timer = setTimeout(
      () => void this.#log.append({ type: 'lose-run', run, message }, SERVICE_ACTOR),
      lostRunMs,
    );
    this.#lostRuns.set(run, timer);
  }
}
