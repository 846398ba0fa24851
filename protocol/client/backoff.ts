/**
 * How long to wait before another try: exponential with full jitter, so that the clients of a service that was away
 * do not come back at the same moment
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */

export interface Backoff {
  /** Upper bound of the first wait; it doubles with each failure. */
  readonly baseMs: number;
  /** Upper bound of every wait. */
  readonly capMs: number;
}

/** For those who watch. */
export const BACKOFF: Backoff = { baseMs: 500, capMs: 30_000 };
/** For those whose work waits for the service. */
export const SHORT_BACKOFF: Backoff = { baseMs: 250, capMs: 5_000 };

/**
 * Milliseconds to wait.
 *
 * @param failures so far, 0 before the second try.
 * @param random 0 to 1.
 * @param requestedMs what the service asked for: the wait is never shorter. Default 0.
 */
export function backoffMs(
  { baseMs, capMs }: Backoff,
  failures: number,
  random: () => number,
  requestedMs = 0,
): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.min(failures, 16));
  return requestedMs + Math.round(random() * ceilingMs);
}
