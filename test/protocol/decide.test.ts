import { describe, expect, test } from 'vitest';
import { ADMIN, BOB, MemoryLog, uuid } from '../support/fleet.ts';

const RUN = uuid(901);
const OTHER_RUN = uuid(902);

function connected(): MemoryLog {
  const log = new MemoryLog();
  log.connectAgent('a');
  return log;
}

describe('asking for a run', () => {
  test.each<[string, string, (log: MemoryLog) => unknown]>([
    ['of an agent that nobody registered', 'unknown-agent', (log) => log.request(RUN, 'z')],
    ['of somebody else’s agent', 'not-owner', (log) => log.request(RUN, 'a', BOB)],
    [
      'while one is requested',
      'already-running',
      (log) => {
        log.request(OTHER_RUN);
        return log.request(RUN);
      },
    ],
    [
      'while one is running that nobody requested',
      'already-running',
      (log) => {
        log.report('run.started', OTHER_RUN);
        return log.request(RUN);
      },
    ],
    [
      'of an agent whose runner is gone',
      'agent-offline',
      (log) => {
        const connection = { runner: 'r1', generation: 1 };
        log.apply({ type: 'disconnect', connection, reason: 'goodbye' });
        return log.request(RUN);
      },
    ],
    [
      'of an agent that only reports',
      'not-supported',
      (log) => {
        log.apply({ type: 'register-agent', agent: 'a', profile: { name: 'A', capabilities: [] } });
        return log.request(RUN);
      },
    ],
  ])('%s is refused as %s', (_case, type, ask) => {
    expect(ask(connected())).toMatchObject({ type });
  });

  test('an administrator may run everybody’s agents', () => {
    expect(connected().request(RUN, 'a', ADMIN)).toBeUndefined();
  });

  test('the refusal names the run that is in the way', () => {
    const log = connected();
    log.request(OTHER_RUN);
    expect(log.request(RUN)?.extra).toEqual({ run: OTHER_RUN });
  });
});

describe('reporting', () => {
  /** What has happened to the run before, what is reported then, and the answer. */
  test.each<[string[], string, string | undefined]>([
    [[], 'run.started', undefined],
    [[], 'run.progress', 'unknown-run'],
    [[], 'run.succeeded', 'unknown-run'],
    [[], 'run.output', 'unknown-run'],
    [['run.started'], 'run.started', 'illegal-transition'],
    [['run.started'], 'run.progress', undefined],
    [['run.started'], 'run.succeeded', undefined],
    [['run.started', 'run.succeeded'], 'run.succeeded', 'run-finished'],
    [['run.started', 'run.succeeded'], 'run.started', 'run-finished'],
    [['run.started', 'run.succeeded'], 'run.progress', 'run-finished'],
    [['run.started', 'run.cancelled'], 'run.succeeded', 'run-finished'],
    [['requested'], 'run.started', undefined],
    [['requested'], 'run.progress', 'illegal-transition'],
    [['requested'], 'run.succeeded', 'illegal-transition'],
    [['requested'], 'run.cancelled', undefined],
    // what a command printed may arrive behind its end
    [['run.started', 'run.succeeded'], 'run.output', undefined],
  ])('after %j, %s is answered with %s', (before, type, expected) => {
    const log = connected();
    for (const step of before) {
      if (step === 'requested') log.request(RUN);
      else log.report(step, RUN, DATA[step]);
    }
    expect(log.report(type, RUN, DATA[type])?.type).toBe(expected);
  });

  test('nothing of a request is taken when one of its events is bad, and the answer names it', () => {
    const log = connected();
    const events = [
      { type: 'run.started', agent: 'a', run: RUN, data: {} },
      { type: 'run.progress', agent: 'a', run: RUN, data: { value: 7 } },
    ];
    const problem = log.apply({ type: 'report', events });
    expect(problem).toMatchObject({ type: 'invalid-request', extra: { index: 1 } });
    expect(problem?.detail).toContain('data.value');
    expect(log.fleet.runs).toEqual({});
  });

  test('a request may hold a whole life', () => {
    const log = connected();
    const life = ['run.started', 'run.progress', 'run.failed'];
    const events = life.map((type) => ({ type, agent: 'a', run: RUN, data: DATA[type] ?? {} }));
    expect(log.apply({ type: 'report', events })).toBeUndefined();
    expect(log.fleet.runs[RUN]).toMatchObject({ status: 'failed', message: 'it broke' });
  });

  test('a connection that has been replaced is fenced off', () => {
    const log = connected();
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
    const events = [{ type: 'run.started', agent: 'a', run: RUN, data: {} }];
    const report = (generation: number) =>
      log.apply({ type: 'report', events, connection: { runner: 'r1', generation } });
    expect(report(1)).toMatchObject({ type: 'stale-connection' });
    expect(report(2)).toBeUndefined();
  });

  test('a run that the fleet has let go of can not begin again', () => {
    const log = connected();
    const events = [{ type: 'run.started', agent: 'a', run: RUN, data: {} }];
    const problem = log.apply({ type: 'report', events, finished: { [RUN]: 'failed' } });
    expect(problem).toMatchObject({ type: 'run-finished' });
  });

  test('the run of another agent can not be reported', () => {
    const log = connected();
    log.connectAgent('b');
    log.report('run.started', RUN);
    expect(log.report('run.succeeded', RUN, {}, 'b')).toMatchObject({ type: 'invalid-request' });
  });
});

describe('connections', () => {
  test('another runner can not take an agent that is live', () => {
    const log = connected();
    const problem = log.apply({ type: 'connect', runner: 'r2', agents: ['a'], instance: 'i-1' });
    expect(problem).toMatchObject({ type: 'agent-busy' });
  });

  test('a run whose runner is gone is lost, goes on when it is back, and fails when it stays away', () => {
    const log = connected();
    log.report('run.started', RUN);
    const lose = () => log.apply({ type: 'lose-run', run: RUN, message: 'too long' });
    const disconnect = (generation: number) =>
      log.apply({
        type: 'disconnect',
        connection: { runner: 'r1', generation },
        reason: 'connection-lost',
      });

    disconnect(1);
    expect(log.fleet.runs[RUN]).toMatchObject({ status: 'running', lost: true });
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
    expect(log.fleet.runs[RUN]?.lost).toBeUndefined();
    lose();
    expect(log.fleet.runs[RUN]?.status).toBe('running');
    disconnect(2);
    lose();
    expect(log.fleet.runs[RUN]).toMatchObject({
      status: 'failed',
      failure: { reason: 'lost' },
      message: 'too long',
    });
  });

  test('a disconnect of a connection that has been replaced changes nothing', () => {
    const log = connected();
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
    const before = log.fleet;
    const connection = { runner: 'r1', generation: 1 };
    log.apply({ type: 'disconnect', connection, reason: 'connection-lost' });
    expect(log.fleet).toBe(before);
  });
});

describe('cancelling', () => {
  test('is a wish: the run goes on until its runner says otherwise', () => {
    const log = connected();
    log.report('run.started', RUN);
    expect(log.apply({ type: 'cancel-run', run: RUN })).toBeUndefined();
    expect(log.fleet.runs[RUN]).toMatchObject({ status: 'running', cancelRequestedBy: 'alice' });
    log.report('run.succeeded', RUN);
    expect(log.fleet.runs[RUN]?.status).toBe('succeeded');
  });

  test('twice is one wish', () => {
    const log = connected();
    log.report('run.started', RUN);
    log.apply({ type: 'cancel-run', run: RUN });
    const { seq } = log.fleet;
    log.apply({ type: 'cancel-run', run: RUN });
    expect(log.fleet.seq).toBe(seq);
  });

  test('a finished run can not be cancelled', () => {
    const log = connected();
    log.report('run.started', RUN);
    log.report('run.succeeded', RUN);
    expect(log.apply({ type: 'cancel-run', run: RUN })).toMatchObject({ type: 'run-finished' });
  });
});

const DATA: Record<string, Record<string, unknown>> = {
  'run.progress': { value: 0.5 },
  'run.failed': { reason: 'exit', message: 'it broke' },
  'run.output': { stream: 'stdout', text: 'hello\n' },
};
