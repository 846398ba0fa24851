/**
 * The state machine of one connection. Pure: the session acts on the state that comes out.
 *
 *   connecting ──opened──▶ live ──closed──▶ waiting ──due, retry, wake, online──▶ connecting
 *        └──────────────closed─────────────▲   closed for good, access taken ──▶ stopped ──access given──▶
 */
import type { ConnectionState, ConnectionErrorKind } from '../shared/view.ts';

export type ConnectionInput =
  /** A page was opened, or the person asked for another try. */
  | { readonly type: 'wake' }
  /** The browser says that there is a network again. */
  | { readonly type: 'online' }
  /** The timer of the next try has run. It is right also where the clock says that it came too early. */
  | { readonly type: 'due' }
  /** The time of the next try may have come: its timer may be lost. */
  | { readonly type: 'retry' }
  /** What the browser gives: asked for whenever it may have changed. */
  | { readonly type: 'access'; readonly isGiven: boolean }
  /** The service said hello. */
  | {
      readonly type: 'opened';
      /** Only what is asked for gets through, up to this old. */
      readonly delayMs?: number | undefined;
    }
  | {
      readonly type: 'closed';
      readonly trouble: ConnectionErrorKind;
      /** What the service asked for: then exactly that long, without jitter. */
      readonly retryAfterMs?: number | undefined;
    };

export interface Surroundings {
  /** Local clock, epoch milliseconds. */
  readonly nowMs: number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Upper bounds of the first wait, and of every wait. */
const BACKOFF_BASE_MS = 500;
const BACKOFF_CAP_MS = 30_000;
/** A stream that stood this long was a good one: the next wait starts small again. */
const STABLE_MS = 10_000;
/** Waiting changes nothing about these; somebody must act. */
const FOR_GOOD: readonly ConnectionErrorKind[] = ['unauthorized', 'forbidden', 'no-access'];

export function nextConnection(
  connection: ConnectionState,
  input: ConnectionInput,
  { nowMs, random }: Surroundings,
): ConnectionState {
  switch (input.type) {
    case 'opened':
      return opened(connection, input.delayMs, nowMs);
    case 'closed':
      if (connection.state !== 'connecting' && connection.state !== 'live') return connection;
      return afterClose(connection, input, nowMs, random);
    case 'retry':
      return connection.state === 'waiting' && nowMs >= connection.retryAtMs
        ? again(connection, nowMs)
        : connection;
    case 'due':
    case 'online':
    case 'wake':
      return connection.state === 'waiting' ? again(connection, nowMs) : connection;
    case 'access':
      return afterAccess(connection, input.isGiven, nowMs);
  }
}

/** A worker that begins anew takes up what the last one was about; nothing is open any more. */
export function revive(connection: ConnectionState, nowMs: number): ConnectionState {
  // an earlier version may have stopped for what is tried again by now
  if (connection.state === 'stopped' && FOR_GOOD.includes(connection.trouble)) return connection;
  return connection.state === 'waiting' ? again(connection, nowMs) : connecting(nowMs);
}

/** A token that was refused stays so, with access or without. */
function afterAccess(
  connection: ConnectionState,
  isGiven: boolean,
  nowMs: number,
): ConnectionState {
  const isStopped = connection.state === 'stopped';
  if (!isGiven) {
    return isStopped ? connection : { state: 'stopped', sinceMs: nowMs, trouble: 'no-access' };
  }
  return isStopped && connection.trouble === 'no-access' ? connecting(nowMs) : connection;
}

function opened(
  connection: ConnectionState,
  delayMs: number | undefined,
  nowMs: number,
): ConnectionState {
  const { state } = connection;
  if (state !== 'connecting' && !(state === 'live' && connection.delayMs !== delayMs)) {
    return connection;
  }
  const { attempt } = connection;
  return { state: 'live', sinceMs: nowMs, attempt, ...(delayMs !== undefined && { delayMs }) };
}

function connecting(nowMs: number): ConnectionState {
  return { state: 'connecting', sinceMs: nowMs, attempt: 0 };
}

function again(
  { attempt, trouble }: Extract<ConnectionState, { state: 'waiting' }>,
  nowMs: number,
): ConnectionState {
  return { state: 'connecting', sinceMs: nowMs, attempt, trouble };
}

function afterClose(
  connection: Extract<ConnectionState, { state: 'connecting' | 'live' }>,
  { trouble, retryAfterMs }: Extract<ConnectionInput, { type: 'closed' }>,
  nowMs: number,
  random: () => number,
): ConnectionState {
  if (FOR_GOOD.includes(trouble)) return { state: 'stopped', sinceMs: nowMs, trouble };
  const wasStable = connection.state === 'live' && nowMs - connection.sinceMs >= STABLE_MS;
  const failures = wasStable ? 0 : connection.attempt;
  // full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
  const ceilingMs = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(failures, 10));
  const waitMs = retryAfterMs ?? Math.round(random() * ceilingMs);
  const retryAtMs = nowMs + waitMs;
  return { state: 'waiting', sinceMs: nowMs, attempt: failures + 1, retryAtMs, trouble };
}
