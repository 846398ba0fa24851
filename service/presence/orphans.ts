/**
 * Agents whose service process is gone: *stale*, until their runner is back or the grace is over.
 *
 * Every instance waits for them, as the one that held them cannot; the first to find the grace over says so,
 * and for the others there is nothing left to say.
 */
import type { RunnerConnection } from '../../protocol/decide/command.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Agent, Fleet } from '../../protocol/fleet/fleet.ts';
import type { Log } from '../log/log.ts';

export interface OrphansOptions {
  readonly log: Log;
  readonly restartGraceMs: number;
  readonly giveUp: (connection: RunnerConnection) => void;
}

export class Orphans {
  readonly #options: OrphansOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stopListening: () => void;

  constructor(options: OrphansOptions) {
    this.#options = options;
    this.#stopListening = options.log.listen((events, fleet) => this.#watch(events, fleet));
  }

  /** Waits for those that are stale already. */
  start(): void {
    this.#expect(Object.values(this.#options.log.fleet.agents));
  }

  close(): void {
    this.#stopListening();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #watch(events: readonly LogEvent[], { agents }: Fleet): void {
    for (const event of events) {
      if (event.type !== 'service.started' && event.type !== 'service.stopped') continue;
      this.#expect(event.data.orphans.flatMap((id) => agents[id] ?? []));
    }
  }

  #expect(agents: readonly Agent[]): void {
    const connections = agents.flatMap(({ liveness, runner, generation }) =>
      liveness === 'stale' && runner !== undefined ? [{ runner, generation }] : [],
    );
    if (connections.length === 0) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      connections.forEach(this.#options.giveUp);
    }, this.#options.restartGraceMs);
    this.#timers.add(timer);
  }
}
