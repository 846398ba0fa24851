/**
 * Agents whose service process has ended: *stale* until their runner reconnects or the grace period is over.
 *
 * Every instance runs the timer, because the one that held the connection can't. The first that disconnects an agent
 * is recorded; for the others the command changes nothing.
 */
import type { RunnerConnection } from '../../protocol/decide/command.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Agent, Fleet } from '../../protocol/fleet/fleet.ts';
import type { Log } from '../log/log.ts';

export interface OrphansOptions {
  readonly log: Log;
  readonly restartGraceMs: number;
  /** Called when the runner has not reconnected in time. */
  readonly onTimeout: (connection: RunnerConnection) => void;
}

export class Orphans {
  readonly #options: OrphansOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stopListening: () => void;

  constructor(options: OrphansOptions) {
    this.#options = options;
    this.#stopListening = options.log.listen((events, fleet) => this.#watch(events, fleet));
  }

  /** Starts the timer for agents that are already stale. */
  start(): void {
    this.#startTimer(Object.values(this.#options.log.fleet.agents));
  }

  close(): void {
    this.#stopListening();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #watch(events: readonly LogEvent[], { agents }: Fleet): void {
    for (const event of events) {
      if (event.type !== 'service.started' && event.type !== 'service.stopped') continue;
      this.#startTimer(event.data.orphans.flatMap((id) => agents[id] ?? []));
    }
  }

  #startTimer(agents: readonly Agent[]): void {
    const connections = agents.flatMap(({ liveness, runner, generation }) =>
      liveness === 'stale' && runner !== undefined ? [{ runner, generation }] : [],
    );
    if (connections.length === 0) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      connections.forEach(this.#options.onTimeout);
    }, this.#options.restartGraceMs);
    this.#timers.add(timer);
  }
}
