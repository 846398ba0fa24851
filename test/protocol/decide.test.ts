import { describe, expect, test } from 'vitest';
import type { ReportedEvent } from '../../protocol/decide/command.ts';
import { ADMIN, BOB, MemoryLog, uuid } from '../support/fleet.ts';

const RUN = uuid(901);
const OTHER_RUN = uuid(902);

function connected(): MemoryLog {
  const log = new MemoryLog();
  log.connectAgent('a');
  return log;
}

describe('requesting a run', () => {
  test.each<[string, string, (log: MemoryLog) => unknown]>([
    ['of an unknown agent', 'unknown-agent', (log) => log.request(RUN, 'z')],
    ['of another user’s agent', 'not-owner', (log) => log.request(RUN, 'a', BOB)],
    [
      'while another is requested',
      'already-running',
      (log) => {
        log.request(OTHER_RUN);
        return log.request(RUN);
      },
    ],
    [
      'while one is running that was not requested',
      'already-running',
      (log) => {
        log.report('run.started', OTHER_RUN);
        return log.request(RUN);
      },
    ],
    [
      'of an agent whose runner has left',
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
  ])('%s is refused as %s', (_case, type, request) => {
    expect(request(connected())).toMatchObject({ type });
  });

  test('an administrator may run the agents of every user', () => {
    expect(connected().request(RUN, 'a', ADMIN)).toBeUndefined();
  });

  test('the problem names the run that prevents it', () => {
    const log = connected();
    log.request(OTHER_RUN);
    expect(log.request(RUN)?.extra).toEqual({ run: OTHER_RUN });
  });
});

describe('reporting', () => {
  /** Earlier events of the run, the reported event, and the problem. */
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
    // the output of a command may arrive after its end
    [['run.started', 'run.succeeded'], 'run.output', undefined],
  ])('after %j, the answer to %s is %s', (before, type, expected) => {
    const log = connected();
    for (const step of before) {
      if (step === 'requested') log.request(RUN);
      else log.report(step, RUN, DATA[step]);
    }
    expect(log.report(type, RUN, DATA[type])?.type).toBe(expected);
  });

  test('one invalid event refuses the whole request, and the problem names the event', () => {
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

  test('one request may report a run from start to end', () => {
    const log = connected();
    const types = ['run.started', 'run.progress', 'run.failed'];
    const events = types.map((type) => ({ type, agent: 'a', run: RUN, data: DATA[type] ?? {} }));
    expect(log.apply({ type: 'report', events })).toBeUndefined();
    expect(log.fleet.runs[RUN]).toMatchObject({ status: 'failed', message: 'it broke' });
  });

  test('events of a replaced connection are refused', () => {
    const log = connected();
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
    const events = [{ type: 'run.started', agent: 'a', run: RUN, data: {} }];
    const report = (generation: number) =>
      log.apply({ type: 'report', events, connection: { runner: 'r1', generation } });
    expect(report(1)).toMatchObject({ type: 'stale-connection' });
    expect(report(2)).toBeUndefined();
  });

  test('a finished run that the fleet has dropped can’t start again', () => {
    const log = connected();
    const events = [{ type: 'run.started', agent: 'a', run: RUN, data: {} }];
    const finished = { [RUN]: { agent: 'a', status: 'failed' } } as const;
    const problem = log.apply({ type: 'report', events, finished });
    expect(problem).toMatchObject({ type: 'run-finished' });
  });

  describe('an event for a run of another agent is refused, wherever the run is known from', () => {
    const begin = { type: 'run.started', agent: 'a', run: RUN, data: {} };
    const end = { type: 'run.succeeded', agent: 'a', run: RUN, data: {} };
    const finished = { [RUN]: { agent: 'a', status: 'succeeded' } } as const;
    const theirs = (type: string) => ({ type, agent: 'b', run: RUN, data: DATA[type] ?? {} });

    test.each([
      'run.started',
      'run.progress',
      'run.paused',
      'run.resumed',
      'run.succeeded',
      'run.failed',
      'run.cancelled',
      'run.output',
    ])('%s', (type) => {
      const log = connected();
      log.connectAgent('b');
      const report = (events: ReportedEvent[], rest: object = {}) =>
        log.apply({ type: 'report', events, ...rest });
      const refused = (index: number) => ({ type: 'invalid-request', extra: { index } });
      expect(report([begin, theirs(type)])).toMatchObject(refused(1));
      expect(report([begin, end, theirs(type)])).toMatchObject(refused(2));
      expect(report([theirs(type)], { finished })).toMatchObject(refused(0));
      expect(log.fleet.runs).toEqual({});
      report([begin]);
      expect(report([theirs(type)])).toMatchObject(refused(0));
      report([end]);
      expect(report([theirs(type)])).toMatchObject(refused(0));
    });
  });
});

test('an agent that stands for a session does not become that of another one', () => {
  const log = new MemoryLog();
  const register = (session?: string) =>
    log.apply({
      type: 'register-agent',
      agent: 'a',
      profile: { name: 'A', capabilities: [], ...(session !== undefined && { session }) },
    });
  expect(register()).toBeUndefined();
  expect(register(uuid(1))).toBeUndefined();
  expect(register(uuid(1))).toBeUndefined();
  expect(register(uuid(2))).toMatchObject({ type: 'agent-busy' });
  expect(log.fleet.agents['a']?.session).toBe(uuid(1));
});

describe('connections', () => {
  test('another runner can’t connect an agent that is live', () => {
    const log = connected();
    const problem = log.apply({ type: 'connect', runner: 'r2', agents: ['a'], instance: 'i-1' });
    expect(problem).toMatchObject({ type: 'agent-busy' });
  });

  test('a run is lost without its runner, continues when the runner reconnects, and fails when it does not', () => {
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

  test('disconnecting a replaced connection changes nothing', () => {
    const log = connected();
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
    const before = log.fleet;
    const connection = { runner: 'r1', generation: 1 };
    log.apply({ type: 'disconnect', connection, reason: 'connection-lost' });
    expect(log.fleet).toBe(before);
  });
});

describe('cancelling', () => {
  test('is a request: the run continues until its runner reports the end', () => {
    const log = connected();
    log.report('run.started', RUN);
    expect(log.apply({ type: 'cancel-run', run: RUN })).toBeUndefined();
    expect(log.fleet.runs[RUN]).toMatchObject({ status: 'running', cancelRequestedBy: 'alice' });
    log.report('run.succeeded', RUN);
    expect(log.fleet.runs[RUN]?.status).toBe('succeeded');
  });

  test('twice has the effect of once', () => {
    const log = connected();
    log.report('run.started', RUN);
    log.apply({ type: 'cancel-run', run: RUN });
    const { seq } = log.fleet;
    log.apply({ type: 'cancel-run', run: RUN });
    expect(log.fleet.seq).toBe(seq);
  });

  test('is refused for a finished run', () => {
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
