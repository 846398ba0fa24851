import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConnectionInput } from '../../../extension/background/connection.ts';
import { nextConnection, revive } from '../../../extension/background/connection.ts';
import type { ConnectionState, ConnectionErrorKind } from '../../../extension/shared/view.ts';

const NOW_MS = 1_000_000;

const connecting = (attempt = 0): ConnectionState => ({ state: 'connecting', sinceMs: 0, attempt });
const live = (sinceMs: number, attempt = 0): ConnectionState => ({
  state: 'live',
  sinceMs,
  attempt,
});
const waiting = (attempt: number, retryAtMs: number): ConnectionState => ({
  state: 'waiting',
  sinceMs: 0,
  attempt,
  retryAtMs,
  trouble: 'unreachable',
});
const stopped = (trouble: ConnectionErrorKind): ConnectionState => ({
  state: 'stopped',
  sinceMs: 0,
  trouble,
});
const taken: ConnectionInput = { type: 'access', isGiven: false };
const given: ConnectionInput = { type: 'access', isGiven: true };
const closed = (trouble: ConnectionErrorKind, retryAfterMs?: number): ConnectionInput => ({
  type: 'closed',
  trouble,
  retryAfterMs,
});

test.each<[string, ConnectionState, ConnectionInput, Partial<ConnectionState>]>([
  ['hello makes it live', connecting(3), { type: 'opened' }, { state: 'live', attempt: 3 }],
  [
    'a stream that is held back',
    connecting(1),
    { type: 'opened', delayMs: 3_000 },
    { state: 'live', delayMs: 3_000 },
  ],
  [
    'a stream that gets through again',
    { ...live(0), delayMs: 3_000 } as ConnectionState,
    { type: 'opened' },
    { state: 'live', sinceMs: NOW_MS },
  ],
  ['a first failure waits', connecting(), closed('unreachable'), { state: 'waiting', attempt: 1 }],
  [
    'the wait grows with the failures',
    connecting(3),
    closed('unreachable'),
    { state: 'waiting', attempt: 4, retryAtMs: NOW_MS + 4_000 },
  ],
  [
    'the wait has an upper bound',
    connecting(40),
    closed('unreachable'),
    { attempt: 41, retryAtMs: NOW_MS + 30_000 },
  ],
  [
    'what the service asks for is waited exactly',
    connecting(5),
    closed('rate-limited', 7_000),
    { retryAtMs: NOW_MS + 7_000 },
  ],
  [
    'a stream that stood for long forgets the failures before it',
    live(NOW_MS - 10_000, 7),
    closed('silent'),
    { attempt: 1, retryAtMs: NOW_MS + 500 },
  ],
  [
    'a stream that broke at once does not',
    live(NOW_MS - 9_999, 7),
    closed('silent'),
    { attempt: 8, retryAtMs: NOW_MS + 30_000 },
  ],
  [
    'the time, and what was the matter still is',
    waiting(2, NOW_MS),
    { type: 'retry' },
    { state: 'connecting', attempt: 2, trouble: 'unreachable' },
  ],
  ['whoever looks too early', waiting(2, NOW_MS + 1), { type: 'retry' }, { state: 'waiting' }],
  [
    'a timer that ran a moment before the clock: there is no other',
    waiting(2, NOW_MS + 1),
    { type: 'due' },
    { state: 'connecting', attempt: 2 },
  ],
  ['a network', waiting(2, NOW_MS + 9), { type: 'online' }, { state: 'connecting', attempt: 2 }],
  ['somebody who looks', waiting(2, NOW_MS + 9), { type: 'wake' }, { state: 'connecting' }],
  ['a refused token stops it', connecting(), closed('unauthorized'), { state: 'stopped' }],
  ['a revoked token stops it', live(0), closed('unauthorized'), { state: 'stopped' }],
  [
    'a refused token stays refused',
    stopped('unauthorized'),
    { type: 'wake' },
    { state: 'stopped' },
  ],
  [
    'a service that does not fit is tried again: somebody will update it, or us',
    connecting(1),
    closed('newer-service'),
    { state: 'waiting', attempt: 2 },
  ],
  ['access that is missing stops it', connecting(3), closed('no-access'), { state: 'stopped' }],
  ['access that is taken back', live(5), taken, { state: 'stopped', trouble: 'no-access' }],
  ['access that is taken back while it waits', waiting(2, 9), taken, { state: 'stopped' }],
  ['access that is taken back while it tries', connecting(2), taken, { state: 'stopped' }],
  ['access that is there', live(5), given, { state: 'live', sinceMs: 5 }],
  ['access that is given again', stopped('no-access'), given, { state: 'connecting', attempt: 0 }],
  ['access that is missing still', stopped('no-access'), taken, { state: 'stopped', sinceMs: 0 }],
  ['access helps no token', stopped('unauthorized'), given, { trouble: 'unauthorized' }],
  [
    'a token that was refused is what is told of, with access or without',
    stopped('unauthorized'),
    taken,
    { trouble: 'unauthorized' },
  ],
  [
    'whoever looks gives no access by that',
    stopped('no-access'),
    { type: 'wake' },
    { state: 'stopped' },
  ],
  ['nobody wakes what lives', live(5), { type: 'wake' }, { state: 'live', sinceMs: 5 }],
])('%s', (_case, before, input, expected) => {
  expect(nextConnection(before, input, { nowMs: NOW_MS, random: () => 1 })).toMatchObject(expected);
});

test('waits are spread over the whole interval', () => {
  const wait = (random: number) => {
    const next = nextConnection(connecting(3), closed('unreachable'), {
      nowMs: NOW_MS,
      random: () => random,
    });
    return next.state === 'waiting' ? next.retryAtMs - NOW_MS : undefined;
  };
  expect([wait(0), wait(0.5), wait(1)]).toEqual([0, 2_000, 4_000]);
});

test('no sequence of inputs brings a state from which nothing leads on', () => {
  const trouble = fc.constantFrom<ConnectionErrorKind>(
    'unreachable',
    'silent',
    'unauthorized',
    'no-access',
  );
  const input = fc.oneof<fc.Arbitrary<ConnectionInput>[]>(
    fc.record({ type: fc.constantFrom('wake', 'online', 'due', 'retry', 'opened') }),
    fc.record({ type: fc.constant('closed'), trouble }),
    fc.record({ type: fc.constant('access'), isGiven: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(input, fc.nat(60_000))), (steps) => {
      let nowMs = NOW_MS;
      let connection = connecting();
      for (const [one, passedMs] of steps) {
        nowMs += passedMs;
        connection = nextConnection(connection, one, { nowMs, random: Math.random });
        expect(connection.sinceMs).toBeLessThanOrEqual(nowMs);
        if (connection.state !== 'waiting') continue;
        const later = { nowMs: connection.retryAtMs, random: Math.random };
        expect(nextConnection(connection, { type: 'retry' }, later).state).toBe('connecting');
      }
    }),
  );
});

test.each([
  [live(5), { state: 'connecting', attempt: 0 }],
  [waiting(4, NOW_MS * 2), { state: 'connecting', attempt: 4 }],
  [stopped('unauthorized'), { state: 'stopped' }],
  [stopped('no-access'), { state: 'stopped' }],
  [stopped('newer-service'), { state: 'connecting', attempt: 0 }],
])('a new life begins from %j', (before, expected) => {
  expect(revive(before, NOW_MS)).toMatchObject(expected);
});
