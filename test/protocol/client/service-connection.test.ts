import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServiceError } from '../../../protocol/client/errors.ts';
import type { ServiceConnectionOptions } from '../../../protocol/client/service-connection.ts';
import { ServiceConnection } from '../../../protocol/client/service-connection.ts';
import type { StreamBatch } from '../../../protocol/client/stream.ts';
import { createTestPlatform } from '../../support/test-platform.ts';

const hello = { heartbeatMs: 15_000 } as StreamBatch['hello'] & object;
const silent = new ServiceError('silent', 'Nothing came.');
const revoked = new ServiceError('unauthorized', 'The token was revoked.');

/** One attempt as the test drives it. */
interface Attempt {
  readonly cursor: string | undefined;
  readonly signal: AbortSignal;
  send(batch: StreamBatch): void;
  fail(error: Error): void;
  end(): void;
}

function connect(options: Partial<ServiceConnectionOptions> = {}) {
  const platform = createTestPlatform();
  const attempts: Attempt[] = [];
  const states: string[] = [];
  const received: StreamBatch[] = [];
  async function* open(cursor: string | undefined, signal: AbortSignal) {
    const queue: (StreamBatch | Error | undefined)[] = [];
    let wake = () => {};
    const add = (one: StreamBatch | Error | undefined) => {
      queue.push(one);
      wake();
    };
    signal.addEventListener('abort', () => add(signal.reason as Error));
    attempts.push({ cursor, signal, send: add, fail: add, end: () => add(undefined) });
    for (;;) {
      while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const one = queue.shift();
      if (one === undefined) return;
      if (one instanceof Error) throw one;
      yield one;
    }
  }
  const connection = new ServiceConnection({
    open,
    platform,
    onBatch: (batch) => void received.push(batch),
    onChange: ({ state }) => void states.push(state),
    ...options,
  });
  const last = () => attempts.at(-1) ?? expect.unreachable('there was no attempt');
  return { connection, platform, attempts, states, received, last };
}

/** Lets everything that is ready run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('resumes behind what was received, and waits longer with each failure', async () => {
  const { connection, platform, last, states, attempts, received } = connect({ cursor: 'e.1' });
  connection.start();
  expect(last().cursor).toBe('e.1');
  last().send({ hello, events: [], cursor: 'e.5' });
  last().send({ events: [] });
  await settle();
  expect(received).toHaveLength(2);
  last().fail(silent);
  await settle();
  expect(connection.state).toMatchObject({ state: 'waiting', attempt: 1, error: 'silent' });
  platform.advance(500);
  expect(last().cursor).toBe('e.5');
  last().fail(silent);
  await settle();
  platform.advance(999);
  expect(attempts).toHaveLength(2);
  platform.advance(1);
  expect(attempts).toHaveLength(3);
  expect(states).toEqual(['live', 'waiting', 'connecting', 'waiting', 'connecting']);
});

test('a cursor that the service does not know is dropped', async () => {
  const { connection, platform, last } = connect({ cursor: 'mangled' });
  connection.start();
  last().fail(new ServiceError('refused', 'No cursor.', { type: 'invalid-cursor' }));
  await settle();
  platform.advance(500);
  expect(last().cursor).toBeUndefined();
});

test('what a handler could not take is sent again', async () => {
  let isBroken = true;
  const { connection, platform, last } = connect({
    cursor: 'e.1',
    onBatch() {
      if (isBroken) throw silent;
    },
  });
  connection.start();
  last().send({ hello, events: [], cursor: 'e.5' });
  await settle();
  isBroken = false;
  platform.advance(500);
  expect(last().cursor).toBe('e.1');
  last().send({ hello, events: [], cursor: 'e.5' });
  await settle();
  expect(connection.state.state).toBe('live');
});

test('a batch is received when the one before it is done', async () => {
  const done = Promise.withResolvers<void>();
  let received = 0;
  const { connection, last } = connect({
    onBatch() {
      received += 1;
      return done.promise;
    },
  });
  connection.start();
  last().send({ hello, events: [] });
  last().send({ events: [] });
  await settle();
  expect(received).toBe(1);
  done.resolve();
  await settle();
  expect(received).toBe(2);
});

test('run ends with the connection: closed by us, at its end, refused, or by a mistake', async () => {
  const closed = connect();
  const running = closed.connection.run();
  closed.connection.close();
  await running;
  expect(closed.last().signal.aborted).toBe(true);

  const ended = connect();
  const reading = ended.connection.run();
  ended.last().end();
  await reading;
  expect(ended.states).toEqual(['closed']);

  for (const [reason, state] of [
    [revoked, 'stopped'],
    [new TypeError('a mistake of ours'), 'closed'],
  ] as const) {
    const failed = connect();
    const failing = failed.connection.run().catch((error: unknown) => error);
    failed.last().fail(reason);
    expect(await failing).toBe(reason);
    expect(failed.states).toEqual([state]);
  }
});

test('without access nothing is tried until it is granted again', async () => {
  const { connection, platform, last, attempts } = connect();
  connection.start();
  last().fail(new ServiceError('no-access', 'The browser does not let us.'));
  await settle();
  connection.retry();
  platform.advance(100_000);
  expect([connection.state.state, attempts.length]).toEqual(['blocked', 1]);
  connection.setAccess(true);
  last().send({ hello, events: [] });
  await settle();
  expect([connection.state.state, attempts.length]).toEqual(['live', 2]);
  connection.setAccess(false);
  expect(last().signal.aborted).toBe(true);
});

test('a timer that was lost is made up for, but not before its time', async () => {
  const { connection, platform, last, attempts } = connect();
  connection.start();
  last().fail(silent);
  await settle();
  connection.retryIfDue();
  expect(attempts).toHaveLength(1);
  const lost = { ...platform, now: () => platform.now() + 500 };
  const later = connect({ state: connection.state, platform: lost });
  later.connection.start();
  later.connection.retryIfDue();
  expect(later.attempts).toHaveLength(1);
});

type Step = (world: ReturnType<typeof connect>) => void;
const STEPS: readonly Step[] = [
  ({ last }) => last().send({ hello, events: [], cursor: 'e.2' }),
  ({ last }) => last().send({ events: [] }),
  ({ last }) => last().fail(silent),
  ({ last }) => last().fail(revoked),
  ({ last }) => last().end(),
  ({ connection }) => connection.retry(),
  ({ connection }) => connection.retryIfDue(),
  ({ connection }) => connection.fail(silent),
  ({ connection }) => connection.setAccess(false),
  ({ connection }) => connection.setAccess(true),
  ({ connection }) => connection.close(),
  ({ platform }) => platform.advance(700),
  ({ platform }) => platform.advance(40_000),
];

test('whatever happens, there is never a second timer or a second attempt', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.boolean())),
      async (sequence) => {
        const world = connect();
        const { connection, platform, attempts } = world;
        connection.start();
        for (const [step, settles] of sequence) {
          const { state: before } = connection.state;
          STEPS[step]?.(world);
          if (settles) await settle();
          const { state } = connection.state;
          if (before === 'closed') expect(state).toBe('closed');
          if (before === 'stopped') expect(['stopped', 'closed']).toContain(state);
          expect(platform.timers()).toBe(state === 'waiting' ? 1 : 0);
          const open = attempts.filter(({ signal }) => !signal.aborted).length;
          expect(open).toBe(state === 'connecting' || state === 'live' ? 1 : 0);
        }
        connection.close();
        await settle();
        expect(platform.timers()).toBe(0);
      },
    ),
  );
});
