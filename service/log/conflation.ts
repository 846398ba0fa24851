/**
 * Limits how often values whose latest wins (progress, usage) are stored: once per run and interval.
 *
 * The first is stored at once. Those within the interval wait for its end, when the log stores only the last of them and
 * answers all. So no request is answered before its value, or a newer one, is stored. Any other event of the run ends the
 * wait.
 */
import type { Actor, Command } from '../../protocol/decide/command.ts';
import { latestWinsKey } from '../../protocol/events/latest-wins.ts';
import type { Log } from './log.ts';
import type { AppendResult } from './plan.ts';

type Report = Extract<Command, { type: 'report' }>;

/** Lasts from a stored value until the next may be stored. */
interface Interval {
  readonly timer: NodeJS.Timeout;
  readonly waiting: (() => void)[];
}

export class Conflation {
  readonly #log: Log;
  readonly #intervalMs: number;
  readonly #byRun = new Map<string, Interval>();

  /** @param intervalMs 0 stores each value at once. */
  constructor(log: Log, intervalMs: number) {
    this.#log = log;
    this.#intervalMs = intervalMs;
  }

  /** Like `Log.append`. */
  append(report: Report, actor: Actor): Promise<AppendResult> {
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

  /** Stores what waits. */
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

/** In order of arrival and within one turn of the event loop, so that they share a commit. */
function release(waiting: (() => void)[]): void {
  for (const go of waiting.splice(0)) go();
}
