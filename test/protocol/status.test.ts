import { expect, test } from 'vitest';
import type { Agent } from '../../protocol/fleet/fleet.ts';
import { attentionOf, statusOf } from '../../protocol/fleet/status.ts';
import { MemoryLog, uuid } from '../support/fleet.ts';

const RUN = uuid(901);
const NEXT_RUN = uuid(902);
const FAILURE = { reason: 'exit', message: 'it broke' };

const STEPS: Record<string, (log: MemoryLog) => unknown> = {
  request: (log) => log.request(RUN),
  start: (log) => log.report('run.started', RUN),
  fail: (log) => log.report('run.failed', RUN, FAILURE),
  succeed: (log) => log.report('run.succeeded', RUN),
  cancelled: (log) => log.report('run.cancelled', RUN),
  cancel: (log) => log.apply({ type: 'cancel-run', run: RUN }),
  'next start': (log) => log.report('run.started', NEXT_RUN),
  'lose connection': (log) => disconnect(log, 'connection-lost'),
  goodbye: (log) => disconnect(log, 'goodbye'),
  'end of session': (log) => disconnect(log, 'ended'),
  'service restart': (log) =>
    log.apply({ type: 'start-service', instance: 'i-2', version: '1.0.0', alive: [] }),
  'reconnect': (log) =>
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' }),
  'give up run': (log) => log.apply({ type: 'lose-run', run: RUN, message: 'too long' }),
};

test.each<[string[], string, 'failed' | 'offline' | undefined]>([
  [[], 'idle', undefined],
  [['request'], 'requested', undefined],
  [['start'], 'running', undefined],
  [['start', 'cancel'], 'cancelling', undefined],
  [['start', 'cancel', 'cancelled'], 'cancelled', undefined],
  [['start', 'succeed'], 'succeeded', undefined],
  [['start', 'fail'], 'failed', 'failed'],
  [['start', 'fail', 'next start'], 'running', undefined],
  [['goodbye'], 'offline', undefined],
  [['lose connection'], 'offline', 'offline'],
  [['lose connection', 'reconnect'], 'idle', undefined],
  [['start', 'lose connection'], 'lost', 'offline'],
  [['start', 'lose connection', 'reconnect'], 'running', undefined],
  [['start', 'lose connection', 'give up run'], 'offline', 'offline'],
  // the lost connection is shown until the agent is back, then the older failure
  [['start', 'fail', 'lose connection'], 'offline', 'offline'],
  [['start', 'fail', 'lose connection', 'reconnect'], 'failed', 'failed'],
  [['start', 'fail', 'goodbye'], 'failed', 'failed'],
  [['start', 'succeed', 'end of session'], 'succeeded', undefined],
  [['service restart'], 'stale', undefined],
  [['start', 'service restart'], 'running', undefined],
  [['service restart', 'reconnect'], 'idle', undefined],
])('after %j the status is %s, with attention for %s', (steps, status, attention) => {
  const log = new MemoryLog();
  log.connectAgent('a');
  for (const step of steps) STEPS[step]?.(log);
  const agent = log.fleet.agents['a'] as Agent;
  expect(statusOf(log.fleet, agent)).toBe(status);
  expect(attentionOf(log.fleet, agent)?.kind).toBe(attention);
});

test('an incident keeps its position, and the next incident has a higher position', () => {
  const log = new MemoryLog();
  log.connectAgent('a');
  const seqNow = () => attentionOf(log.fleet, log.fleet.agents['a'] as Agent)?.seq;
  STEPS['start']?.(log);
  STEPS['fail']?.(log);
  const first = seqNow();
  log.report('error.reported', undefined, { message: 'something else' });
  expect(seqNow()).toBe(first);
  log.report('run.started', NEXT_RUN);
  log.report('run.failed', NEXT_RUN, FAILURE);
  expect(seqNow()).toBeGreaterThan(first ?? Number.NaN);
});

function disconnect(log: MemoryLog, reason: 'goodbye' | 'connection-lost' | 'ended') {
  const { generation = 0 } = log.fleet.agents['a'] ?? {};
  return log.apply({ type: 'disconnect', connection: { runner: 'r1', generation }, reason });
}
