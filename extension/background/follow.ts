/**
 * Follows a service, also where something on the way holds streams back until they end.
 *
 * When nothing of a stream arrives though the service answers, what is new is asked for every few seconds; a stream
 * that gets through is tried for again every minute.
 */
import { ConnectionError } from './failure.ts';
import type { Batch, StreamOptions } from './stream.ts';
import { openStream, readOnce } from './stream.ts';

const POLL_MS = 3_000;
const STREAM_AGAIN_MS = 60_000;

export type FollowedBatch = Batch & {
  /** It was asked for, and is up to this old: the stream does not get through. */
  readonly delayMs?: number;
};

/** @throws ConnectionError when the service can't be reached either way. */
export async function* follow(
  options: StreamOptions,
  { pollMs, streamAgainMs } = { pollMs: POLL_MS, streamAgainMs: STREAM_AGAIN_MS },
): AsyncGenerator<FollowedBatch, never> {
  let { cursor } = options;
  for (;;) {
    let isHeard = false;
    try {
      for await (const batch of openStream({ ...options, cursor })) {
        isHeard = true;
        cursor = batch.cursor ?? cursor;
        yield batch;
      }
    } catch (error) {
      if (isHeard || !(error instanceof ConnectionError) || error.trouble !== 'silent') throw error;
    }
    const streamAgainAtMs = performance.now() + streamAgainMs;
    while (performance.now() < streamAgainAtMs) {
      for (const batch of await readOnce({ ...options, cursor })) {
        cursor = batch.cursor ?? cursor;
        yield { ...batch, delayMs: pollMs };
      }
      await pause(pollMs, options.signal);
    }
  }
}

/** @throws what the signal is aborted with. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
