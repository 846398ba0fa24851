/**
 * When a notification is tried again: exponential with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), about half an hour in all.
 */

/** Upper bound of the first wait. */
const BASE_MS = 1_000;
/** Upper bound of every wait, whatever the receiver asks for. */
const CAP_MS = 300_000;
/** After so many tries it is given up: 64 minutes at most. */
export const MOST_TRIES = 20;

/**
 * @param tries so far, 1 or more.
 * @param random 0 to 1.
 * @param afterMs the least that the receiver asks for.
 */
export function waitMs(tries: number, random: number, afterMs: number): number {
  const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1));
  return Math.min(CAP_MS, afterMs + Math.round(random * ceilingMs));
}
