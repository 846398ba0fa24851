import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dueIds,
  newNotices,
  noticeActionOf,
  runOfNotice,
} from '../../../extension/background/notify/notices.ts';
import type { Fleet } from '../../../protocol/fleet/fleet.ts';
import { attentionOf } from '../../../protocol/fleet/status.ts';
import { arbitraryActor, arbitraryCommand } from '../../support/arbitrary-command.ts';
import { MemoryLog, uuid } from '../../support/fleet.ts';

const RUN = uuid(901);
const SERVICE = '3f9a1c04d2b7';

const options = (seenSeq: number, approves = false) => ({
  seenSeq,
  nowMs: 1_000,
  questionGraceMs: 2_000,
  user: 'mira',
  approves,
});

function failedFleet(message = 'one\ntwo\n\n'): { before: Fleet; after: Fleet; log: MemoryLog } {
  const log = new MemoryLog();
  log.connectAgent('a');
  log.report('run.started', RUN);
  const before = log.fleet;
  log.report('run.failed', RUN, { reason: 'exit', message, exitCode: 1 });
  return { before, after: log.fleet, log };
}

test('a failure is notified with the name first and the last line of its message', () => {
  const { before, after } = failedFleet();
  expect(newNotices(SERVICE, before, after, options(0))).toEqual([
    {
      id: `${SERVICE}:failed:a:4`,
      title: 'A failed',
      message: 'two',
      buttons: ['retry', 'open'],
      occasion: { kind: 'failed', seq: 4, agent: 'a', name: 'A' },
    },
  ]);
});

test('a notification opens its run while it applies, and a question opens the popup', () => {
  const { after, log } = failedFleet();
  expect(runOfNotice(SERVICE, after, `${SERVICE}:failed:a:4`)).toBe(RUN);
  expect(runOfNotice(SERVICE, after, `${SERVICE}:failed:a:3`)).toBeUndefined();
  const choices = [{ id: 'yes', label: 'Yes' }];
  const hash = '0'.repeat(64);
  log.report('approval.requested', undefined, { kind: 'question', title: 'Go?', choices, hash });
  const [asked] = [...dueIds(SERVICE, log.fleet, 0)].filter((id) => id.includes(':question:'));
  expect(asked).toBeDefined();
  expect(runOfNotice(SERVICE, log.fleet, asked ?? '')).toBeUndefined();
});

test('an agent’s words can’t imitate anything else', () => {
  const { before, after } = failedFleet('ok\n\u202eevil\u0007 \u200btext'.padEnd(400, '.'));
  const [notice] = newNotices(SERVICE, before, after, options(0));
  expect(notice?.message).toMatch(/^evil text\.+…$/);
  expect(notice?.message.length).toBeLessThanOrEqual(160);
});

describe('no notification', () => {
  test('of an incident that was known before', () => {
    const { after } = failedFleet();
    expect(newNotices(SERVICE, after, after, options(0))).toEqual([]);
  });

  test('of an incident that the person has seen', () => {
    const { before, after } = failedFleet();
    expect(newNotices(SERVICE, before, after, options(after.seq))).toEqual([]);
  });

  test('of an incident that is over already', () => {
    const { before, log } = failedFleet();
    log.report('run.started', uuid(902));
    expect(newNotices(SERVICE, before, log.fleet, options(0))).toEqual([]);
  });
});

/**
 * The worker takes batches, or a snapshot after it was away, and may die after any of them: what counts is what was
 * stored, which is always the last fleet with the notices that led there.
 */
test('every lasting incident is notified exactly once, for any split of the events into batches', () => {
  const steps = fc.array(fc.tuple(arbitraryCommand, arbitraryActor, fc.boolean()), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (commands) => {
      const log = new MemoryLog();
      let known = log.fleet;
      const told: string[] = [];
      const take = () => {
        const notices = newNotices(SERVICE, known, log.fleet, options(0));
        told.push(...notices.map(({ id }) => id));
        known = log.fleet;
        for (const id of dueIds(SERVICE, log.fleet, 0)) expect(told).toContain(id);
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
      const due = [...dueIds(SERVICE, log.fleet, 0)];
      expect(due.filter((id) => /:(failed|offline):/.test(id))).toHaveLength(waiting.length);
    }),
    { numRuns: 300 },
  );
});

describe('a question', () => {
  const QUESTION = {
    kind: 'permission',
    title: 'Run a command',
    details: 'rm -rf build',
    choices: [
      { id: 'yes', label: 'Allow', tone: 'allow' },
      { id: 'no', label: 'Deny', tone: 'deny' },
    ],
    hash: '0'.repeat(64),
  };
  function asked(): { before: Fleet; log: MemoryLog } {
    const log = new MemoryLog();
    log.connectAgent('a');
    const before = log.fleet;
    log.report('approval.requested', undefined, QUESTION);
    return { before, log };
  }
  const ID = `${SERVICE}:question:a:3`;

  test('is shown after a delay, with buttons, and stays', () => {
    const { before, log } = asked();
    expect(newNotices(SERVICE, before, log.fleet, options(0))).toEqual([
      {
        id: ID,
        title: 'A needs your approval',
        message: 'Run a command: rm -rf build',
        showAtMs: 3_000,
        buttons: ['review', 'deny'],
        isSticky: true,
        occasion: { kind: 'question', seq: 3, agent: 'a', name: 'A' },
      },
    ]);
  });

  test('no longer applies once it is answered', () => {
    const { log } = asked();
    expect(dueIds(SERVICE, log.fleet, 0)).toContain(ID);
    const hash = '0'.repeat(64);
    log.apply({ type: 'decide-approval', approval: uuid(3), choice: 'no', hash });
    expect(dueIds(SERVICE, log.fleet, 0)).not.toContain(ID);
  });

  test('is denied by its second button, with the hash of what was asked', () => {
    const { log } = asked();
    expect(noticeActionOf(SERVICE, log.fleet, ID, 1, false)).toMatchObject({
      button: 'deny',
      choice: 'no',
      question: { id: uuid(3), hash: '0'.repeat(64) },
    });
    expect(noticeActionOf(SERVICE, log.fleet, ID, 0, false)).toEqual({ button: 'review' });
  });

  test('can be approved by a button only if the setting is on, then and now, and it is shown in full', () => {
    const { before, log } = asked();
    const [notice] = newNotices(SERVICE, before, log.fleet, options(0, true));
    expect(notice?.buttons).toEqual(['approve', 'deny']);
    const id = notice?.id ?? '';
    expect(noticeActionOf(SERVICE, log.fleet, id, 0, true)).toMatchObject({
      button: 'approve',
      choice: 'yes',
    });
    expect(noticeActionOf(SERVICE, log.fleet, id, 0, false)).toEqual({ button: 'review' });
    expect(noticeActionOf(SERVICE, log.fleet, ID, 0, true)).toEqual({ button: 'review' });
    const long = { ...QUESTION, details: 'x'.repeat(200) };
    log.report('approval.requested', undefined, long);
    const all = newNotices(SERVICE, before, log.fleet, options(0, true));
    expect(all.at(-1)?.buttons).toEqual(['review', 'deny']);
  });

  test('has no effect when it was answered in the meantime', () => {
    const { log } = asked();
    log.apply({ type: 'expire-approval', approval: uuid(3) });
    expect(noticeActionOf(SERVICE, log.fleet, ID, 1, false)).toBeUndefined();
  });
});

test('Retry retries the failed run', () => {
  const { after } = failedFleet();
  expect(noticeActionOf(SERVICE, after, `${SERVICE}:failed:a:4`, 0, false)).toEqual({
    button: 'retry',
    run: RUN,
  });
});

test('an agent whose connection keeps breaking is notified once', () => {
  const log = new MemoryLog();
  log.connectAgent('a');
  const told: string[] = [];
  for (let generation = 1; generation < 20; generation += 1) {
    const before = log.fleet;
    const connection = { runner: 'r1', generation };
    log.apply({ type: 'disconnect', connection, reason: 'connection-lost' });
    told.push(...newNotices(SERVICE, before, log.fleet, options(0)).map(({ id }) => id));
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
  }
  expect(told).toHaveLength(1);
});
