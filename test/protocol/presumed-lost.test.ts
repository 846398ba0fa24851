/** What the service concludes by itself gives way to what the runner reports later. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReportedEvent } from '../../protocol/decide/command.ts';
import { EMPTY_FLEET } from '../../protocol/fleet/fleet.ts';
import { fold } from '../../protocol/fleet/fold.ts';
import { MemoryLog, uuid } from '../support/fleet.ts';

const RUN = uuid(901);

describe('a run that was presumed lost', () => {
  const connection = { runner: 'r1', generation: 1 };

  /** Lost with its connection, given up after the grace, and connected again. */
  function presumedLost(): MemoryLog {
    const log = new MemoryLog();
    log.connectAgent('a');
    log.report('run.started', RUN);
    log.apply({ type: 'disconnect', connection, reason: 'heartbeat-timeout' });
    log.apply({ type: 'lose-run', run: RUN, message: 'Contact was lost.' });
    expect(log.fleet.runs[RUN]).toMatchObject({ status: 'failed', failure: { reason: 'lost' } });
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
    return log;
  }

  const tell = (log: MemoryLog, type: string, data: ReportedEvent['data'], isConnected: boolean) =>
    log.apply({
      type: 'report',
      events: [{ type, agent: 'a', run: RUN, data }],
      ...(isConnected && { connection: { runner: 'r1', generation: 2 } }),
    });

  test.each([
    ['run.succeeded', {}, 'succeeded'],
    ['run.cancelled', {}, 'cancelled'],
    ['run.failed', { reason: 'exit', message: 'x', exitCode: 3 }, 'failed'],
  ])('ends as %s says, from its runner or from what that has stored', (type, data, status) => {
    for (const isConnected of [true, false]) {
      const log = presumedLost();
      expect(tell(log, type, data, isConnected)).toBeUndefined();
      expect(log.fleet.runs[RUN]?.status).toBe(status);
      expect(log.fleet.runs[RUN]?.failure?.reason).not.toBe('lost');
      expect(log.fleet.agents['a']).toMatchObject({ runs: [], lastRun: RUN });
      expect(log.fleet.agents['a']?.recent).toEqual([
        expect.objectContaining({ run: RUN, status }),
      ]);
      // that is what the runner said, so it stays
      expect(tell(log, 'run.succeeded', {}, true)).toMatchObject({ type: 'run-finished' });
      expect(tell(log, 'run.resumed', {}, true)).toMatchObject({ type: 'run-finished' });
    }
  });

  test.each([
    ['run.resumed', {}],
    ['run.progress', { value: 0.5 }],
    ['run.phase', { name: 'build' }],
    ['step.started', { step: 's', name: 'S' }],
    ['usage.reported', { costUsd: 1 }],
    ['metric.reported', { name: 'loss', value: 1 }],
  ])('goes on with %s of its runner alone', (type, data) => {
    const log = presumedLost();
    expect(tell(log, type, data, false)).toMatchObject({ type: 'run-finished' });
    expect(tell(log, type, data, true)).toBeUndefined();
    const run = log.fleet.runs[RUN];
    expect(run?.status).toBe('running');
    expect(run).not.toHaveProperty('failure');
    expect(run).not.toHaveProperty('endedAt');
    expect(log.fleet.agents['a']).toMatchObject({ runs: [RUN], recent: [] });
    expect(log.fleet.agents['a']).not.toHaveProperty('lastRun');
  });

  test.each([
    ['run.started', {}],
    ['run.failed', { reason: 'lost', message: 'again' }],
    ['approval.requested', { kind: 'choice', title: 'x', choices: [{ id: 'a', label: 'A' }] }],
  ])('is not changed by %s', (type, data) => {
    const log = presumedLost();
    const before = log.fleet;
    expect(tell(log, type, data, true)).toBeDefined();
    expect(log.fleet).toBe(before);
  });

  test('stays failed while only its output arrives', () => {
    const log = presumedLost();
    expect(tell(log, 'run.output', { stream: 'stdout', text: 'late' }, true)).toBeUndefined();
    expect(log.fleet.runs[RUN]?.status).toBe('failed');
  });

  test('has the end that its runner reports, after any number of losses and reports', () => {
    const reports = fc.constantFrom('run.resumed', 'run.phase', 'lost');
    const ends = fc.constantFrom('run.succeeded', 'run.cancelled');
    fc.assert(
      fc.property(fc.array(reports, { maxLength: 8 }), ends, (middle, end) => {
        const log = presumedLost();
        let generation = 2;
        const say = (type: string, data: ReportedEvent['data']) =>
          log.apply({
            type: 'report',
            events: [{ type, agent: 'a', run: RUN, data }],
            connection: { runner: 'r1', generation },
          });
        for (const type of middle) {
          if (type !== 'lost') {
            say(type, type === 'run.phase' ? { name: 'x' } : {});
            continue;
          }
          const link = { runner: 'r1', generation };
          log.apply({ type: 'disconnect', connection: link, reason: 'heartbeat-timeout' });
          log.apply({ type: 'lose-run', run: RUN, message: 'Lost again.' });
          log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
          generation += 1;
        }
        expect(say(end, {})).toBeUndefined();
        expect(log.fleet.runs[RUN]?.status).toBe(end.slice(4));
        expect(log.fleet.agents['a']?.recent).toHaveLength(1);
        expect(log.fleet).toEqual(fold(EMPTY_FLEET, log.events));
      }),
    );
  });
});
