/**
 * Follows a service, also where something on the way holds streams back until they end.
 *
 * When nothing of a stream arrives though the service answers, new events are polled; a stream is tried again every
 * minute.
 */
import type { Hello } from '../wire/messages.ts';
import type { Client } from './client.ts';
import { notAgentlight, ServiceError } from './errors.ts';
import { pause } from './platform.ts';
import type { StreamBatch, StreamRequest } from './stream.ts';
import { readStream } from './stream.ts';

export interface FollowRequest extends Omit<StreamRequest, 'once'> {
  /** Time between two polls, in milliseconds. Default: 3,000. */
  readonly pollMs?: number;
  /** How long events are polled before a stream is tried again, in milliseconds. Default: 60,000. */
  readonly streamAgainMs?: number;
}

/**
 * Never ends by itself.
 *
 * @throws ServiceError when the service can't be reached either way; the reason of `signal`.
 */
export async function* follow(
  client: Client,
  { pollMs = 3_000, streamAgainMs = 60_000, ...request }: FollowRequest,
): AsyncGenerator<StreamBatch, never> {
  const { platform } = client;
  let { cursor } = request;
  for (;;) {
    let hasArrived = false;
    try {
      for await (const batch of readStream(client, { ...request, cursor })) {
        hasArrived = true;
        cursor = batch.cursor ?? cursor;
        yield batch;
      }
    } catch (error) {
      const isHeldBack = !hasArrived && error instanceof ServiceError && error.kind === 'silent';
      if (!isHeldBack) throw error;
    }
    const streamAgainAtMs = platform.now() + streamAgainMs;
    while (platform.now() < streamAgainAtMs) {
      for await (const batch of readStream(client, { ...request, cursor, once: true })) {
        cursor = batch.cursor ?? cursor;
        yield { ...batch, delayMs: pollMs };
      }
      await pause(platform, pollMs, request.signal);
      request.signal.throwIfAborted();
    }
  }
}

/** What a service says of itself and of the token. @throws ServiceError. */
export async function greet(client: Client): Promise<Hello> {
  const { signal } = new AbortController();
  for await (const { hello } of follow(client, { signal })) if (hello) return hello;
  throw notAgentlight(client.url);
}
