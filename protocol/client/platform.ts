/** What the client needs of the world around it. Tests and unusual programs bring their own. */

export interface Platform {
  /** As in the Fetch standard. Its errors become `unreachable`; a ServiceError that it throws is kept. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls `act` once after `delayMs`, at once if that is negative. @returns what cancels it. */
  readonly schedule: (act: () => void, delayMs: number) => () => void;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Timers take no more (2³¹ − 1 ms, about 24 days). */
const LONGEST_TIMER_MS = 2_147_483_647;

/** That of browsers, their workers, and Node. */
export const GLOBAL_PLATFORM: Platform = {
  fetch: (url, init) => globalThis.fetch(url, init),
  now: Date.now,
  schedule(act, delayMs) {
    const timer = setTimeout(act, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function pause({ schedule }: Platform, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = schedule(end, ms);
    signal?.addEventListener('abort', end);
  });
}

/** A signal that is aborted with what `late` makes, unless it is restarted or ended within `ms`, or by `outer`. */
export function createTimeLimit(
  { schedule }: Platform,
  outer: AbortSignal | undefined,
  late: (ms: number) => Error,
) {
  const abort = new AbortController();
  let cancel = () => {};
  return {
    signal: outer ? AbortSignal.any([outer, abort.signal]) : abort.signal,
    restart(ms: number) {
      cancel();
      cancel = schedule(() => abort.abort(late(ms)), ms);
    },
    end: () => cancel(),
  };
}
