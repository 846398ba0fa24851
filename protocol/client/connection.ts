/**
 * The state machine of a connection, as data. It is pure: service-connection.ts does what a state asks for.
 * The README has its diagram, made from the table below.
 */
import type { Backoff } from './backoff.ts';
import { backoffMs } from './backoff.ts';
import type { ConnectionErrorKind } from './errors.ts';

/** Times are epoch milliseconds of the local clock. */
export type ConnectionState =
  | {
      readonly state: 'connecting';
      readonly sinceMs: number;
      /** Failures before it. */
      readonly attempt: number;
      /** Why the last attempt failed. */
      readonly error?: ConnectionErrorKind;
    }
  | {
      readonly state: 'live';
      readonly sinceMs: number;
      /** Failures before it, forgotten once the stream has proved stable. */
      readonly attempt: number;
      /** Streams do not get through. Events are polled, and up to this old. */
      readonly delayMs?: number;
    }
  | {
      readonly state: 'waiting';
      readonly sinceMs: number;
      readonly attempt: number;
      readonly retryAtMs: number;
      readonly error: ConnectionErrorKind;
    }
  /** The browser gives no access to the address, until somebody gives it. */
  | { readonly state: 'blocked'; readonly sinceMs: number; readonly error: 'no-access' }
  /** Refused for good, such as by a token that was revoked. */
  | { readonly state: 'stopped'; readonly sinceMs: number; readonly error: ConnectionErrorKind }
  | { readonly state: 'closed'; readonly sinceMs: number };

export type ConnectionInput =
  /** The service said hello. */
  | { readonly type: 'opened'; readonly delayMs?: number | undefined }
  /** The attempt or the stream failed for a reason that may pass. */
  | {
      readonly type: 'failed';
      readonly error: ConnectionErrorKind;
      readonly retryAfterMs?: number | undefined;
    }
  /** It failed for a reason that stays. */
  | { readonly type: 'refused'; readonly error: ConnectionErrorKind }
  /** The wait is over, or somebody wants no wait. */
  | { readonly type: 'retry' }
  | { readonly type: 'access-removed' }
  | { readonly type: 'access-granted' }
  | { readonly type: 'close' };

type StateName = ConnectionState['state'];
type InputName = ConnectionInput['type'];
/** Where an input leads; `-`: it changes nothing. */
type Target = StateName | '-';

/** Something is open, or about to be. */
const OPEN: Readonly<Record<InputName, Target>> = {
  // of an open stream: polls after it, or a stream after polls
  'opened': 'live',
  'failed': 'waiting',
  'refused': 'stopped',
  'retry': '-',
  'access-removed': 'blocked',
  'access-granted': '-',
  'close': 'closed',
};

export const TRANSITIONS: Readonly<Record<StateName, Readonly<Record<InputName, Target>>>> = {
  connecting: OPEN,
  live: OPEN,
  waiting: {
    'opened': '-',
    'failed': '-',
    'refused': 'stopped',
    'retry': 'connecting',
    'access-removed': 'blocked',
    'access-granted': '-',
    'close': 'closed',
  },
  blocked: {
    'opened': '-',
    'failed': '-',
    'refused': '-',
    'retry': '-',
    'access-removed': '-',
    'access-granted': 'connecting',
    'close': 'closed',
  },
  stopped: {
    'opened': '-',
    'failed': '-',
    'refused': '-',
    'retry': '-',
    // a token that was refused stays so, with access or without
    'access-removed': '-',
    'access-granted': '-',
    'close': 'closed',
  },
  closed: {
    'opened': '-',
    'failed': '-',
    'refused': '-',
    'retry': '-',
    'access-removed': '-',
    'access-granted': '-',
    'close': '-',
  },
};

export interface TransitionContext {
  readonly nowMs: number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly backoff: Backoff;
}

/** @returns the same object where nothing changes. */
export function nextConnectionState(
  before: ConnectionState,
  input: ConnectionInput,
  context: TransitionContext,
): ConnectionState {
  const { nowMs: sinceMs } = context;
  const error = 'error' in input ? input.error : 'unavailable';
  const target = TRANSITIONS[before.state][input.type];
  switch (target) {
    case '-':
      return before;
    case 'connecting':
      return before.state === 'waiting'
        ? { state: target, sinceMs, attempt: before.attempt, error: before.error }
        : { state: target, sinceMs, attempt: 0 };
    case 'live': {
      const delayMs = input.type === 'opened' ? input.delayMs : undefined;
      if (before.state === 'live' && before.delayMs === delayMs) return before;
      const attempt = failuresOf(before);
      return { state: target, sinceMs, attempt, ...(delayMs !== undefined && { delayMs }) };
    }
    case 'waiting': {
      const { backoff, random } = context;
      const failures = isStable(before, sinceMs) ? 0 : failuresOf(before);
      const requestedMs = input.type === 'failed' ? input.retryAfterMs : undefined;
      const retryAtMs = sinceMs + backoffMs(backoff, failures, random, requestedMs);
      return { state: target, sinceMs, attempt: failures + 1, retryAtMs, error };
    }
    case 'blocked':
      return { state: target, sinceMs, error: 'no-access' };
    case 'stopped':
      return { state: target, sinceMs, error };
    case 'closed':
      return { state: target, sinceMs };
  }
}

/** A new process continues with what an earlier one has stored: nothing is open any more. */
export function reviveConnectionState(stored: ConnectionState, sinceMs: number): ConnectionState {
  if (stored.state === 'stopped' || stored.state === 'blocked') return stored;
  return stored.state === 'waiting'
    ? { state: 'connecting', sinceMs, attempt: stored.attempt, error: stored.error }
    : { state: 'connecting', sinceMs, attempt: 0 };
}

/** A stream that lasted this long was a good one: the next wait starts small again. */
const STABLE_MS = 10_000;

function isStable(connection: ConnectionState, nowMs: number): boolean {
  return connection.state === 'live' && nowMs - connection.sinceMs >= STABLE_MS;
}

function failuresOf(connection: ConnectionState): number {
  return 'attempt' in connection ? connection.attempt : 0;
}
