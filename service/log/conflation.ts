/**
 * Slows down reports of which only the latest counts (progress, usage) to a few a second and run.
 *
 * The first is stored at once. What comes within the interval waits for its end, where the log stores the last
 * of them, and each request is answered with that: nothing is acknowledged before its value, or a newer one, is
 * stored. Anything else that happens to the run ends the wait.
 */
import type { Actor, Command } from '../../protocol/decide/command.ts';
import { latestWinsKey } from '../../protocol/events/latest-wins.ts';
import type { Log } from './log.ts';
import type { Outcome } from './plan.ts';

type Report = Extract<Command, { type: 'report' }>;

/** From a stored value to the moment from which the next may be stored. */
interface Interval {
  readonly timer: NodeJS.Timeout;
  readonly waiting: (() => void)[];
}

export class Conflation {
  readonly #log: Log;
  readonly #intervalMs: number;
  readonly #byRun = new Map<string, Interval>();

  /** @param intervalMs 0 stores everything at once. */
  constructor(log: Log, intervalMs: number) {
    this.#log = log;
    this.#intervalMs = intervalMs;
  }

  /** As `Log.append`. */
  append(report: Report, actor: Actor): Promise<Outcome> {
    if (this.#intervalMs === 0) return this.#log.append(report, actor);
    const runs = new Set(report.events.flatMap(({ run }) => run ?? []));
    const onlyLatest = report.events.every((event) => latestWinsKey(event) !== undefined);
    const intervals = [...runs].flatMap((run) => this.#byRun.get(run) ?? []);
    const [first] = intervals;
    if (onlyLatest && first) {
      return new Promise((resolve) => {
        first.waiting.push(() => resolve(this.#log.append(report, actor)));
      });
    }
    for (const { waiting } of intervals) release(waiting);
    if (onlyLatest) for (const run of runs) this.#begin(run);
    return this.#log.append(report, actor);
  }

  /** Ends all waiting. */
  close(): void {
    for (const { timer, waiting } of this.#byRun.values()) {
      clearTimeout(timer);
      release(waiting);
    }
    this.#byRun.clear();
  }

  #begin(run: string): void {
    const timer = setTimeout(() => this.#end(run), this.#intervalMs);
    this.#byRun.set(run, { timer, waiting: [] });
  }

  #end(run: string): void {
    const waiting = this.#byRun.get(run)?.waiting ?? [];
    this.#byRun.delete(run);
    if (waiting.length > 0) this.#begin(run);
    release(waiting);
  }
}

/** In the order of their arrival, in one turn: they get into the same commit. */
function release(waiting: (() => void)[]): void {
  for (const go of waiting.splice(0)) go();
}
