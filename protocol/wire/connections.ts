/** The connection history of an agent, and its uptime. */
import type { DisconnectReason } from '../events/agent.ts';

export interface PastConnection {
  /** Position of its `agent.connected` event. */
  readonly seq: number;
  readonly runner: string;
  readonly generation: number;
  /** ISO 8601, UTC, by the service's clock; so is `disconnectedAt`. */
  readonly connectedAt: string;
  /** Missing while the connection is open. */
  readonly disconnectedAt?: string;
  /** `replaced`: the next connection started before the end of this one was known. */
  readonly reason?: DisconnectReason | 'replaced';
}

export interface Uptime {
  /** Start of the measured time: ISO 8601, UTC. */
  readonly since: string;
  /** Share of that time with a connection, 0 to 1. */
  readonly share: number;
}

/**
 * The uptime over the last `windowMs`, or since the first connection if that is later.
 *
 * @param connections all that overlap the window, in any order.
 * @returns undefined if there are none.
 */
export function uptimeOf(
  connections: readonly PastConnection[],
  nowMs: number,
  windowMs: number,
): Uptime | undefined {
  const spans = connections.map(({ connectedAt, disconnectedAt }) => ({
    fromMs: Date.parse(connectedAt),
    toMs: disconnectedAt === undefined ? nowMs : Date.parse(disconnectedAt),
  }));
  if (spans.length === 0) return undefined;
  const sinceMs = Math.max(nowMs - windowMs, Math.min(...spans.map(({ fromMs }) => fromMs)));
  const connectedMs = spans.reduce(
    (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, nowMs) - Math.max(fromMs, sinceMs)),
    0,
  );
  const share = nowMs <= sinceMs ? 1 : Math.min(1, connectedMs / (nowMs - sinceMs));
  return { since: new Date(sinceMs).toISOString(), share };
}
