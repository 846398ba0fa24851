/**
 * How long to wait before trying again: exponential with full jitter, so that many clients of a service that
 * was away don't come back at the same moment
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
import { ProblemError } from './service-error.ts';

/** Upper bound of the first wait. */
export const BACKOFF_BASE_MS = 250;
/** Upper bound of every wait. */
export const BACKOFF_CAP_MS = 5_000;

/**
 * @param attempt failures so far, 0 before the second try.
 * @param random 0 to 1.
 * @param error what failed; its `Retry-After` is the least that is waited.
 */
export function backoffMs(attempt: number, random: () => number, error?: unknown): number {
  const ceilingMs = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 16));
  const jitteredMs = Math.round(random() * ceilingMs);
  const askedMs = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
  return askedMs === 0 ? jitteredMs : askedMs + jitteredMs;
}
