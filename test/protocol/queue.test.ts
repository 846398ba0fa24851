import { describe, expect, test } from 'vitest';
import { currentRun, queuedRuns } from '../../protocol/fleet/fleet.ts';
import { QUEUED_RUNS } from '../../protocol/wire/limits.ts';
import { BOB, MemoryLog, uuid } from '../support/fleet.ts';

const [FIRST, SECOND, THIRD] = [uuid(901), uuid(902), uuid(903)] as const;

function request(log: MemoryLog, run: string, queue = true, prompt?: string) {
  const body = prompt === undefined ? {} : { params: { prompt } };
  return log.apply({ type: 'request-run', agent: 'a', run, request: body, queue });
}

function statuses(log: MemoryLog): Record<string, string> {
  return Object.fromEntries(Object.values(log.fleet.runs).map(({ id, status }) => [id, status]));
}

function busy(maxConcurrentRuns?: number): MemoryLog {
  const log = new MemoryLog();
  log.connectAgent('a', maxConcurrentRuns === undefined ? {} : { maxConcurrentRuns });
  request(log, FIRST);
  log.report('run.started', FIRST);
  return log;
}

describe('a run with "queue"', () => {
  test('starts at once if the agent is free', () => {
    expect(statuses(busy())).toEqual({ [FIRST]: 'running' });
  });

  test('is queued while another run is active, which stays the current run', () => {
    const log = busy();
    request(log, SECOND);
    request(log, THIRD);
    const agent = log.fleet.agents['a'];
    expect(agent && queuedRuns(log.fleet, agent).map(({ id }) => id)).toEqual([SECOND, THIRD]);
    expect(agent && currentRun(log.fleet, agent)?.id).toBe(FIRST);
  });

  test.each(['run.succeeded', 'run.cancelled', 'run.failed'])(
    'is requested in the same commit as %s of the previous run, with its parameters',
    (type) => {
      const log = busy();
      request(log, SECOND, true, 'twice');
      request(log, THIRD);
      log.report(type, FIRST, type === 'run.failed' ? { reason: 'exit', message: '' } : {});
      const [end, next] = log.events.slice(-2);
      expect(end?.type).toBe(type);
      expect(next).toMatchObject({
        type: 'run.requested',
        run: SECOND,
        actor: 'alice',
        data: { params: { prompt: 'twice' } },
      });
      expect(statuses(log)[THIRD]).toBe('queued');
    },
  );

  test('waits for an offline runner, and is requested when the runner connects', () => {
    const log = new MemoryLog();
    log.connectAgent();
    log.apply({
      type: 'disconnect',
      connection: { runner: 'r1', generation: 1 },
      reason: 'goodbye',
    });
    expect(request(log, FIRST, false)?.type).toBe('agent-offline');
    expect(request(log, FIRST)).toBeUndefined();
    expect(statuses(log)).toEqual({ [FIRST]: 'queued' });
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
    expect(statuses(log)).toEqual({ [FIRST]: 'requested' });
  });

  test('is cancelled at once, because no runner knows it', () => {
    const log = busy();
    request(log, SECOND);
    log.apply({ type: 'cancel-run', run: SECOND });
    expect(log.fleet.runs[SECOND]?.status).toBe('cancelled');
    expect(log.fleet.runs[FIRST]?.status).toBe('running');
  });

  test('is not lost together with the active run', () => {
    const log = busy();
    request(log, SECOND);
    log.apply({
      type: 'disconnect',
      connection: { runner: 'r1', generation: 1 },
      reason: 'connection-lost',
    });
    expect(log.fleet.runs[FIRST]?.lost).toBe(true);
    expect(log.fleet.runs[SECOND]?.lost).toBeUndefined();
  });

  test(`is refused if ${QUEUED_RUNS} runs are queued already`, () => {
    const log = busy();
    for (let n = 0; n < QUEUED_RUNS; n += 1) request(log, uuid(1_000 + n));
    expect(request(log, SECOND)?.type).toBe('queue-full');
  });
});

test('an agent runs at most maxConcurrentRuns runs at a time', () => {
  const log = busy(2);
  expect(request(log, SECOND, false)).toBeUndefined();
  expect(request(log, THIRD, false)).toMatchObject({
    type: 'already-running',
    extra: { run: FIRST },
  });
  log.report('run.succeeded', FIRST);
  expect(request(log, THIRD, false)).toBeUndefined();
});

test('a higher maxConcurrentRuns starts queued runs', () => {
  const log = busy();
  request(log, SECOND);
  log.apply({
    type: 'register-agent',
    agent: 'a',
    profile: { name: 'A', capabilities: ['run'], maxConcurrentRuns: 2 },
  });
  expect(statuses(log)[SECOND]).toBe('requested');
});

describe('pausing', () => {
  const pause = (log: MemoryLog) => log.apply({ type: 'pause-run', run: FIRST });
  const resume = (log: MemoryLog) => log.apply({ type: 'resume-run', run: FIRST });

  test('and resuming are requests until the runner confirms them', () => {
    const log = busy();
    pause(log);
    expect(log.fleet.runs[FIRST]).toMatchObject({
      status: 'running',
      controlRequest: { kind: 'pause', by: 'alice' },
    });
    log.report('run.paused', FIRST);
    expect(log.fleet.runs[FIRST]).toMatchObject({ status: 'paused' });
    expect(log.fleet.runs[FIRST]).not.toHaveProperty('controlRequest');
    resume(log);
    log.report('run.resumed', FIRST);
    expect(log.fleet.runs[FIRST]).toMatchObject({ status: 'running' });
  });

  test('twice has the effect of once', () => {
    const log = busy();
    pause(log);
    pause(log);
    expect(log.events.filter(({ type }) => type === 'run.pause_requested')).toHaveLength(1);
  });

  test('can be withdrawn before the runner confirms it', () => {
    const log = busy();
    pause(log);
    expect(resume(log)).toBeUndefined();
    expect(log.fleet.runs[FIRST]?.controlRequest?.kind).toBe('resume');
  });

  test.each<[string, string, (log: MemoryLog) => unknown]>([
    ['a paused run', 'illegal-transition', (log) => (log.report('run.paused', FIRST), pause(log))],
    ['resuming a run that was not paused', 'illegal-transition', resume],
    ['a finished run', 'run-finished', (log) => (log.report('run.succeeded', FIRST), pause(log))],
    [
      'a run of another user',
      'not-owner',
      (log) => log.apply({ type: 'pause-run', run: FIRST }, BOB),
    ],
    [
      'a run of an agent without the capability',
      'not-supported',
      (log) => {
        log.apply({ type: 'register-agent', agent: 'a', profile: { name: 'A', capabilities: [] } });
        return pause(log);
      },
    ],
  ])('%s is refused as %s', (_case, type, act) => {
    expect(act(busy())).toMatchObject({ type });
  });
});
