import { describe, expect, test } from 'vitest';
import { attentionOf, acknowledgedBy, statusOf } from '../../protocol/fleet/status.ts';
import type { Agent } from '../../protocol/fleet/fleet.ts';
import { ALICE, BOB, MemoryLog, uuid } from '../support/fleet.ts';

const RUN = uuid(901);
const HASH = '0'.repeat(64);
const QUESTION = {
  kind: 'permission',
  title: 'Run a command',
  choices: [
    { id: 'allow', label: 'Allow' },
    { id: 'deny', label: 'Deny' },
  ],
  hash: HASH,
};

const agentOf = (log: MemoryLog) => log.fleet.agents['a'] as Agent;

describe('acknowledging', () => {
  function failed(): { log: MemoryLog; attention: number } {
    const log = new MemoryLog();
    log.connectAgent();
    log.report('run.started', RUN);
    log.report('run.failed', RUN, { reason: 'exit', message: '' });
    return { log, attention: attentionOf(log.fleet, agentOf(log))?.seq ?? 0 };
  }

  test('records the user, who need not own the agent', () => {
    const { log, attention } = failed();
    expect(log.apply({ type: 'acknowledge', agent: 'a', attention }, BOB)).toBeUndefined();
    expect(acknowledgedBy(agentOf(log), attention)).toBe('bob');
  });

  test('ends when the state changes', () => {
    const { log, attention } = failed();
    log.apply({ type: 'acknowledge', agent: 'a', attention });
    log.report('run.started', uuid(902));
    log.report('run.failed', uuid(902), { reason: 'exit', message: '' });
    const next = attentionOf(log.fleet, agentOf(log))?.seq ?? 0;
    expect(next).toBeGreaterThan(attention);
    expect(acknowledgedBy(agentOf(log), next)).toBeUndefined();
  });

  test('can be withdrawn', () => {
    const { log, attention } = failed();
    log.apply({ type: 'acknowledge', agent: 'a', attention });
    log.apply({ type: 'unacknowledge', agent: 'a', attention });
    expect(acknowledgedBy(agentOf(log), attention)).toBeUndefined();
  });

  test('is refused for an incident that is over', () => {
    const { log, attention } = failed();
    const problem = log.apply({ type: 'acknowledge', agent: 'a', attention: attention + 1 });
    expect(problem?.type).toBe('illegal-transition');
  });

  test('works for a question', () => {
    const { log } = withQuestion();
    const seq = agentOf(log).approvals?.[0]?.seq ?? 0;
    expect(log.apply({ type: 'acknowledge', agent: 'a', attention: seq })).toBeUndefined();
    expect(acknowledgedBy(agentOf(log), seq)).toBe(ALICE.user);
  });
});

function withQuestion(kind = 'permission'): { log: MemoryLog; id: string } {
  const log = new MemoryLog();
  log.connectAgent();
  log.report('run.started', RUN);
  log.report('approval.requested', RUN, { ...QUESTION, kind });
  return { log, id: agentOf(log).approvals?.[0]?.id ?? '' };
}

describe('an agent with an open question', () => {
  test.each([
    ['permission', 'needs-approval'],
    ['question', 'needs-input'],
  ])('(%s) has the status %s', (kind, status) => {
    const { log } = withQuestion(kind);
    expect(statusOf(log.fleet, agentOf(log))).toBe(status);
  });

  test.each<[string, (log: MemoryLog, id: string) => unknown]>([
    [
      'an answer',
      (log, id) =>
        log.apply({ type: 'decide-approval', approval: id, choice: 'allow', hash: HASH }),
    ],
    ['expiry', (log, id) => log.apply({ type: 'expire-approval', approval: id })],
    [
      'withdrawal',
      (log, id) => log.apply({ type: 'withdraw-approval', approval: id, reason: 'asker-gone' }),
    ],
  ])('is running again after %s', (_how, end) => {
    const { log, id } = withQuestion();
    end(log, id);
    expect(statusOf(log.fleet, agentOf(log))).toBe('running');
  });

  test('withdraws the question when its run ends, and refuses a late answer', () => {
    const { log, id } = withQuestion();
    log.report('run.succeeded', RUN);
    expect(agentOf(log).closedApprovals).toMatchObject([{ id, outcome: 'withdrawn' }]);
    const late = log.apply({ type: 'decide-approval', approval: id, choice: 'allow', hash: HASH });
    expect(late).toMatchObject({ type: 'approval-closed', extra: { outcome: 'withdrawn' } });
  });

  test('accepts no answer while it is out of contact', () => {
    const { log } = withQuestion();
    const connection = { runner: 'r1', generation: 1 };
    log.apply({ type: 'disconnect', connection, reason: 'connection-lost' });
    expect(statusOf(log.fleet, agentOf(log))).toBe('lost');
  });
});

test('the first answer is recorded with its user and place, and a second answer is told who was first', () => {
  const { log, id } = withQuestion();
  const decide = { type: 'decide-approval', approval: id, hash: HASH } as const;
  log.apply({ ...decide, choice: 'allow', via: 'popup' });
  expect(agentOf(log).closedApprovals).toMatchObject([
    { id, outcome: 'resolved', choice: 'allow', by: 'alice', via: 'popup' },
  ]);
  expect(log.apply({ ...decide, choice: 'deny' })).toMatchObject({
    type: 'approval-closed',
    extra: { by: 'alice' },
  });
});

describe('an agent whose connection flaps', () => {
  const disconnect = (log: MemoryLog, generation: number) =>
    log.apply({
      type: 'disconnect',
      connection: { runner: 'r1', generation },
      reason: 'connection-lost',
    });
  const reconnect = (log: MemoryLog) =>
    log.apply({ type: 'connect', runner: 'r1', agents: ['a'], instance: 'i-1' });
  const seqOf = (log: MemoryLog) => attentionOf(log.fleet, agentOf(log))?.seq;

  test('is one incident, however often it reconnects', () => {
    const log = new MemoryLog();
    log.connectAgent();
    disconnect(log, 1);
    const first = seqOf(log);
    for (let generation = 2; generation < 20; generation += 1) {
      reconnect(log);
      expect(seqOf(log)).toBeUndefined();
      disconnect(log, generation);
      expect(seqOf(log)).toBe(first);
    }
  });

  test('is a new incident after ten quiet minutes', () => {
    const log = new MemoryLog();
    log.connectAgent();
    disconnect(log, 1);
    const first = seqOf(log) ?? 0;
    reconnect(log);
    // the clock advances by one second per event
    for (let n = 0; n < 600; n += 1) log.report('error.reported', undefined, { message: 'x' });
    disconnect(log, 2);
    expect(seqOf(log)).toBeGreaterThan(first);
  });
});
