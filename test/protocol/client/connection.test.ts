import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BACKOFF } from '../../../protocol/client/backoff.ts';
import type { ConnectionInput, ConnectionState } from '../../../protocol/client/connection.ts';
import {
  nextConnectionState,
  reviveConnectionState,
  TRANSITIONS,
} from '../../../protocol/client/connection.ts';
import type { ConnectionErrorKind } from '../../../protocol/client/errors.ts';
import { CONNECTION_ERRORS } from '../../../protocol/client/errors.ts';

const NOW_MS = 1_000_000;

const connecting = (attempt = 0): ConnectionState => ({ state: 'connecting', sinceMs: 0, attempt });
const live = (sinceMs: number, attempt = 0): ConnectionState => ({
  state: 'live',
  sinceMs,
  attempt,
});
const waiting = (attempt: number): ConnectionState => ({
  state: 'waiting',
  sinceMs: 0,
  attempt,
  retryAtMs: NOW_MS + 9,
  error: 'unreachable',
});
const failed = (error: ConnectionErrorKind, retryAfterMs?: number): ConnectionInput => ({
  type: 'failed',
  error,
  retryAfterMs,
});

const next = (before: ConnectionState, input: ConnectionInput, random = 1) =>
  nextConnectionState(before, input, {
    nowMs: NOW_MS,
    random: () => random,
    backoff: BACKOFF,
  });

/** One of each. The compiler insists that none is missing. */
const STATES: { [S in ConnectionState['state']]: Extract<ConnectionState, { state: S }> } = {
  connecting: { state: 'connecting', sinceMs: 0, attempt: 2 },
  live: { state: 'live', sinceMs: 0, attempt: 2, delayMs: 3_000 },
  waiting: { state: 'waiting', sinceMs: 0, attempt: 2, retryAtMs: NOW_MS, error: 'silent' },
  blocked: { state: 'blocked', sinceMs: 0, error: 'no-access' },
  stopped: { state: 'stopped', sinceMs: 0, error: 'unauthorized' },
  closed: { state: 'closed', sinceMs: 0 },
};
const INPUTS: { [I in ConnectionInput['type']]: Extract<ConnectionInput, { type: I }> } = {
  'opened': { type: 'opened' },
  'failed': { type: 'failed', error: 'unreachable' },
  'refused': { type: 'refused', error: 'forbidden' },
  'retry': { type: 'retry' },
  'access-removed': { type: 'access-removed' },
  'access-granted': { type: 'access-granted' },
  'close': { type: 'close' },
};
const PAIRS = Object.values(STATES).flatMap((state) =>
  Object.values(INPUTS).map(
    (input) => [state.state, input.type, TRANSITIONS[state.state][input.type]] as const,
  ),
);

test.each(PAIRS)('%s, %s → %s', (state, input, target) => {
  const before = STATES[state];
  const after = next(before, INPUTS[input]);
  if (target === '-') expect(after).toBe(before);
  else expect(after).toMatchObject({ state: target, sinceMs: NOW_MS });
});

test.each<[string, ConnectionState, ConnectionInput, object]>([
  ['hello makes it live', connecting(3), { type: 'opened' }, { state: 'live', attempt: 3 }],
  [
    'a stream that is held back',
    connecting(1),
    { type: 'opened', delayMs: 3_000 },
    { state: 'live', delayMs: 3_000 },
  ],
  ['the same again changes nothing', live(5), { type: 'opened' }, { sinceMs: 5 }],
  ['a first failure waits', connecting(), failed('unreachable'), { attempt: 1 }],
  [
    'the wait grows with the failures',
    connecting(3),
    failed('unreachable'),
    { state: 'waiting', attempt: 4, retryAtMs: NOW_MS + 4_000, error: 'unreachable' },
  ],
  [
    'the wait has an upper bound',
    connecting(40),
    failed('unreachable'),
    { attempt: 41, retryAtMs: NOW_MS + 30_000 },
  ],
  [
    'a wait that the service asks for is the least, plus jitter',
    connecting(),
    failed('rate-limited', 7_000),
    { retryAtMs: NOW_MS + 7_500 },
  ],
  [
    'a stream that lasted makes the failures before it forgotten',
    live(NOW_MS - 10_000, 7),
    failed('silent'),
    { attempt: 1, retryAtMs: NOW_MS + 500 },
  ],
  [
    'a stream that broke at once does not',
    live(NOW_MS - 9_999, 7),
    failed('silent'),
    { attempt: 8, retryAtMs: NOW_MS + 30_000 },
  ],
  [
    'an attempt after a failure remembers it',
    waiting(2),
    { type: 'retry' },
    { state: 'connecting', attempt: 2, error: 'unreachable' },
  ],
  [
    'access that is granted begins anew',
    STATES.blocked,
    { type: 'access-granted' },
    { state: 'connecting', attempt: 0 },
  ],
])('%s', (_case, before, input, expected) => {
  expect(next(before, input)).toMatchObject(expected);
});

test('waits are spread over the whole interval', () => {
  const wait = (random: number) => next(connecting(3), failed('unreachable'), random);
  expect([wait(0), wait(0.5), wait(1)]).toMatchObject([
    { retryAtMs: NOW_MS },
    { retryAtMs: NOW_MS + 2_000 },
    { retryAtMs: NOW_MS + 4_000 },
  ]);
});

const error = fc.constantFrom(...(Object.keys(CONNECTION_ERRORS) as ConnectionErrorKind[]));
const retryAfterMs = fc.option(fc.nat(86_400_000), { nil: undefined });
const delayMs = fc.option(fc.nat(3_000), { nil: undefined });
const anyInput = fc.oneof<fc.Arbitrary<ConnectionInput>[]>(
  fc.record({ type: fc.constant('opened'), delayMs }),
  fc.record({ type: fc.constant('failed'), error, retryAfterMs }),
  fc.record({ type: fc.constant('refused'), error }),
  fc.record({ type: fc.constantFrom('retry', 'access-removed', 'access-granted') }),
);

test('whatever comes, a way leads on or a person must act, and what is closed stays so', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyInput, fc.nat(60_000))), (steps) => {
      let nowMs = NOW_MS;
      let connection = connecting();
      for (const [input, passedMs] of steps) {
        nowMs += passedMs;
        const before = connection;
        const context = { nowMs, random: Math.random, backoff: BACKOFF };
        connection = nextConnectionState(connection, input, context);
        expect(connection.sinceMs).toBeLessThanOrEqual(nowMs);
        if (before.state === 'stopped') expect(connection).toBe(before);
        if (connection.state === 'waiting') {
          expect(connection.retryAtMs).toBeGreaterThanOrEqual(connection.sinceMs);
          if (input.type === 'failed' && before !== connection) {
            expect(connection.retryAtMs - nowMs).toBeGreaterThanOrEqual(input.retryAfterMs ?? 0);
          }
          expect(next(connection, { type: 'retry' }).state).toBe('connecting');
        }
        const closed = next(connection, { type: 'close' });
        expect(closed.state).toBe('closed');
        expect(next(closed, input)).toBe(closed);
      }
    }),
  );
});

test.each<[ConnectionState, object]>([
  [live(5, 3), { state: 'connecting', sinceMs: NOW_MS, attempt: 0 }],
  [waiting(4), { state: 'connecting', sinceMs: NOW_MS, attempt: 4, error: 'unreachable' }],
  [STATES.stopped, STATES.stopped],
  [STATES.blocked, STATES.blocked],
  [STATES.closed, { state: 'connecting', sinceMs: NOW_MS, attempt: 0 }],
])('a new process continues from %j', (before, expected) => {
  expect(reviveConnectionState(before, NOW_MS)).toEqual(expected);
});
