/** An agent's connections in the past, and how much of the time it had one. */
import type { DisconnectReason } from '../events/agent.ts';

export interface PastConnection {
  /** Position of the event that began it. */
  readonly seq: number;
  readonly runner: string;
  readonly generation: number;
  /** ISO 8601, UTC, by the service's clock; so is `disconnectedAt`. */
  readonly connectedAt: string;
  /** Undefined while it stands. */
  readonly disconnectedAt?: string;
  /** `replaced`: the next connection began before this one was known to be over. */
  readonly reason?: DisconnectReason | 'replaced';
}

export interface Uptime {
  /** Of the time since then: ISO 8601, UTC. */
  readonly since: string;
  /** 0 to 1. */
  readonly share: number;
}

/**
 * How much of the last `windowMs` there was a connection; of an agent that is younger, since its first one.
 *
 * @param connections all that reach into the window, in any order. @returns undefined if there are none.
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
