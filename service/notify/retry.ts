/**
 * Delays between attempts: exponential with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), about half an hour in total.
 */

/** Maximum of the first delay. */
const BASE_MS = 1_000;
/** Maximum of every delay, even if the receiver requests a longer one. */
const CAP_MS = 300_000;
/** A notification is given up after this many attempts: 64 minutes at most. */
export const MAX_ATTEMPTS = 20;

/**
 * The delay before the next attempt.
 *
 * @param attempts number of attempts so far, 1 or more.
 * @param random a number from 0 to 1.
 * @param afterMs the minimum that the receiver requests.
 */
export function retryDelayMs(attempts: number, random: number, afterMs: number): number {
  const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** (attempts - 1));
  return Math.min(CAP_MS, afterMs + Math.round(random * ceilingMs));
}
