import { describe, expect, test } from 'vitest';
import { currentRun, queuedRuns } from '../../protocol/fleet/fleet.ts';
import { QUEUED_RUNS } from '../../protocol/wire/limits.ts';
import { BOB, MemoryLog, uuid } from '../support/fleet.ts';

const [FIRST, SECOND, THIRD] = [uuid(901), uuid(902), uuid(903)] as const;

function ask(log: MemoryLog, run: string, queue = true, prompt?: string) {
  const request = prompt === undefined ? {} : { params: { prompt } };
  return log.apply({ type: 'request-run', agent: 'a', run, request, queue });
}

function statuses(log: MemoryLog): Record<string, string> {
  return Object.fromEntries(Object.values(log.fleet.runs).map(({ id, status }) => [id, status]));
}

function busy(maxConcurrentRuns?: number): MemoryLog {
  const log = new MemoryLog();
  log.connectAgent('a', maxConcurrentRuns === undefined ? {} : { maxConcurrentRuns });
  ask(log, FIRST);
  log.report('run.started', FIRST);
  return log;
}

describe('a run that may wait', () => {
  test('does not when there is a place', () => {
    expect(statuses(busy())).toEqual({ [FIRST]: 'running' });
  });

  test('waits in line while another is under way, which stays the one that is shown', () => {
    const log = busy();
    ask(log, SECOND);
    ask(log, THIRD);
    const agent = log.fleet.agents['a'];
    expect(agent && queuedRuns(log.fleet, agent).map(({ id }) => id)).toEqual([SECOND, THIRD]);
    expect(agent && currentRun(log.fleet, agent)?.id).toBe(FIRST);
  });

  test.each(['run.succeeded', 'run.cancelled', 'run.failed'])(
    'is asked for in the same commit as %s of the one before, with all that was wanted',
    (type) => {
      const log = busy();
      ask(log, SECOND, true, 'twice');
      ask(log, THIRD);
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

  test('waits for a runner that is not there, and begins when it comes', () => {
    const log = new MemoryLog();
    log.connectAgent();
    log.apply({
      type: 'disconnect',
      connection: { runner: 'r1', generation: 1 },
      reason: 'goodbye',
    });
    expect(ask(log, FIRST, false)?.type).toBe('agent-offline');
    expect(ask(log, FIRST)).toBeUndefined();
    expect(statuses(log)).toEqual({ [FIRST]: 'queued' });
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
    expect(statuses(log)).toEqual({ [FIRST]: 'requested' });
  });

  test('is cancelled at once: no runner has heard of it', () => {
    const log = busy();
    ask(log, SECOND);
    log.apply({ type: 'cancel-run', run: SECOND });
    expect(log.fleet.runs[SECOND]?.status).toBe('cancelled');
    expect(log.fleet.runs[FIRST]?.status).toBe('running');
  });

  test('is not lost with the runner of the one that is under way', () => {
    const log = busy();
    ask(log, SECOND);
    log.apply({
      type: 'disconnect',
      connection: { runner: 'r1', generation: 1 },
      reason: 'connection-lost',
    });
    expect(log.fleet.runs[FIRST]?.lost).toBe(true);
    expect(log.fleet.runs[SECOND]?.lost).toBeUndefined();
  });

  test(`is refused behind ${QUEUED_RUNS} others`, () => {
    const log = busy();
    for (let n = 0; n < QUEUED_RUNS; n += 1) ask(log, uuid(1_000 + n));
    expect(ask(log, SECOND)?.type).toBe('queue-full');
  });
});

test('an agent takes as many runs at a time as it says', () => {
  const log = busy(2);
  expect(ask(log, SECOND, false)).toBeUndefined();
  expect(ask(log, THIRD, false)).toMatchObject({ type: 'already-running', extra: { run: FIRST } });
  log.report('run.succeeded', FIRST);
  expect(ask(log, THIRD, false)).toBeUndefined();
});

test('an agent that comes to take more begins what waits', () => {
  const log = busy();
  ask(log, SECOND);
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

  test('is a wish until the runner confirms it, and so is resuming', () => {
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

  test('twice is once', () => {
    const log = busy();
    pause(log);
    pause(log);
    expect(log.events.filter(({ type }) => type === 'run.pause_requested')).toHaveLength(1);
  });

  test('can be taken back before the runner has heard of it', () => {
    const log = busy();
    pause(log);
    expect(resume(log)).toBeUndefined();
    expect(log.fleet.runs[FIRST]?.controlRequest?.kind).toBe('resume');
  });

  test.each<[string, string, (log: MemoryLog) => unknown]>([
    [
      'what does not run',
      'illegal-transition',
      (log) => (log.report('run.paused', FIRST), pause(log)),
    ],
    ['what was not paused, resumed', 'illegal-transition', resume],
    ['what has ended', 'run-finished', (log) => (log.report('run.succeeded', FIRST), pause(log))],
    ['of somebody else', 'not-owner', (log) => log.apply({ type: 'pause-run', run: FIRST }, BOB)],
    [
      'of an agent that can not',
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
