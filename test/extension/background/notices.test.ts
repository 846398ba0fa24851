import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueIds, isDue, newNotices } from '../../../extension/background/notices.ts';
import type { Fleet } from '../../../protocol/fleet.ts';
import { attentionOf } from '../../../protocol/status.ts';
import { arbitraryActor, arbitraryCommand } from '../../support/arbitrary-command.ts';
import { MemoryLog, uuid } from '../../support/fleet.ts';

const RUN = uuid(901);
const SERVICE = '3f9a1c04d2b7';

function failedFleet(message = 'one\ntwo\n\n'): { before: Fleet; after: Fleet; log: MemoryLog } {
  const log = new MemoryLog();
  log.connectAgent('a');
  log.report('run.started', RUN);
  const before = log.fleet;
  log.report('run.failed', RUN, { reason: 'exit', message, exitCode: 1 });
  return { before, after: log.fleet, log };
}

test('a failure is told with the name first and the last line of what it said', () => {
  const { before, after } = failedFleet();
  expect(newNotices(SERVICE, before, after, 0)).toEqual([
    { id: `${SERVICE}:failed:a:4`, title: 'A failed', message: 'two' },
  ]);
});

test('what an agent says can not pose as anything else', () => {
  const { before, after } = failedFleet('ok\n\u202eevil\u0007 \u200btext'.padEnd(400, '.'));
  const [notice] = newNotices(SERVICE, before, after, 0);
  expect(notice?.message).toMatch(/^evil text\.+…$/);
  expect(notice?.message.length).toBeLessThanOrEqual(160);
});

describe('nothing is told', () => {
  test('of what was so before', () => {
    const { after } = failedFleet();
    expect(newNotices(SERVICE, after, after, 0)).toEqual([]);
  });

  test('of what the person has seen', () => {
    const { before, after } = failedFleet();
    expect(newNotices(SERVICE, before, after, after.seq)).toEqual([]);
  });

  test('of what is over already', () => {
    const { before, log } = failedFleet();
    log.report('run.started', uuid(902));
    expect(newNotices(SERVICE, before, log.fleet, 0)).toEqual([]);
  });
});

test('more than three at once are one, which stays as long as one of them is true', () => {
  const log = new MemoryLog();
  const ids = ['a', 'b', 'c', 'd'];
  for (const id of ids) log.connectAgent(id);
  const before = log.fleet;
  for (const [index, id] of ids.entries()) {
    log.report('run.started', uuid(910 + index), {}, id);
    log.report('run.failed', uuid(910 + index), { reason: 'exit', message: '' }, id);
  }
  const notices = newNotices(SERVICE, before, log.fleet, 0);
  expect(notices).toEqual([
    { id: `${SERVICE}:digest:16`, title: '4 agents need a look', message: 'A, B, C, D' },
  ]);
  const digest = `${SERVICE}:digest:16`;
  expect(isDue(digest, dueIds(SERVICE, log.fleet, 0))).toBe(true);
  expect(isDue(digest, dueIds(SERVICE, log.fleet, log.fleet.seq))).toBe(false);
});

/**
 * The worker takes batches, or a snapshot after it was away, and may die after any of them: what counts is what was
 * stored, which is always the last fleet with the notices that led there.
 */
test('every incident that lasts is told, and none twice, however the events are cut into batches', () => {
  const steps = fc.array(fc.tuple(arbitraryCommand, arbitraryActor, fc.boolean()), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (commands) => {
      const log = new MemoryLog();
      let known = log.fleet;
      const told: string[] = [];
      const take = () => {
        const notices = newNotices(SERVICE, known, log.fleet, 0);
        told.push(...notices.map(({ id }) => id));
        known = log.fleet;
        const isDigest = notices.some(({ id }) => id.includes(':digest:'));
        for (const id of isDigest ? [] : dueIds(SERVICE, log.fleet, 0)) expect(told).toContain(id);
      };
      for (const [command, actor, endsBatch] of commands) {
        log.apply(command, actor);
        if (endsBatch) take();
      }
      take();
      expect(told).toHaveLength(new Set(told).size);
      const waiting = Object.values(log.fleet.agents).filter((agent) =>
        attentionOf(log.fleet, agent),
      );
      expect(dueIds(SERVICE, log.fleet, 0).size).toBe(waiting.length);
    }),
    { numRuns: 300 },
  );
});
