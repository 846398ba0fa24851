import { expect, test } from 'vitest';
import type { NotificationVerdict } from '../../../extension/background/notify/notification-verdict.ts';
import { isDue } from '../../../extension/background/notify/notices.ts';
import { settleOutbox } from '../../../extension/background/notify/outbox.ts';
import type { BrowserNotice, NoticeSubject } from '../../../extension/shared/view.ts';

const SERVICE = 's';

function notice(
  seq: number,
  agent = `agent-${seq}`,
  kind: NoticeSubject['kind'] = 'failed',
): BrowserNotice {
  return {
    id: `${SERVICE}:${kind}:${agent}:${seq}`,
    title: `${agent} failed`,
    message: '',
    occasion: { kind, agent, name: agent, seq },
  };
}

function settle(
  outbox: readonly BrowserNotice[],
  verdict: NotificationVerdict,
  seenSeq = 0,
  due?: Set<string>,
) {
  return settleOutbox(outbox, {
    service: SERVICE,
    seenSeq,
    due: due ?? new Set(outbox.map(({ id }) => id)),
    verdict: () => verdict,
  });
}

test('wanted notifications are ready, unwanted ones are dropped, and ready ones stay unchanged', () => {
  const [ready] = settle([notice(1)], 'show');
  expect(ready).toEqual({ id: 's:failed:agent-1:1', title: 'agent-1 failed', message: '' });
  expect(settle([notice(1)], 'drop')).toEqual([]);
  const outbox = [ready as BrowserNotice];
  expect(settle(outbox, 'drop')).toBe(outbox);
});

test('more than three at once become one digest, which stays while one of them applies', () => {
  const notices = [1, 2, 3, 4].map((seq) => notice(seq));
  const [digest, ...more] = settle(notices, 'show');
  expect(more).toEqual([]);
  expect(digest).toEqual({
    id: 's:digest:4',
    title: '4 agents need attention',
    message: 'agent-1, agent-2, agent-3, agent-4',
  });
  expect(isDue('s:digest:4', new Set(['s:failed:agent-1:1']), 0)).toBe(true);
  expect(isDue('s:digest:4', new Set(), 0)).toBe(false);
});

test('notifications that were held back become one summary', () => {
  let outbox: readonly BrowserNotice[] = [];
  for (const seq of [1, 2, 3]) outbox = settle([...outbox, notice(seq, 'tests')], 'hold');
  outbox = settle([...outbox, notice(4, 'deploy', 'offline')], 'hold');
  // only the last one per agent and kind, with a count
  expect(outbox.map(({ held }) => held)).toEqual([3, 1]);
  const [summary, ...more] = settle(outbox, 'show');
  expect(more).toEqual([]);
  expect(summary).toEqual({
    id: 's:summary:4',
    title: 'While notifications were paused: 3 failed, 1 went offline',
    message: 'tests, deploy',
  });
});

test('the summary leaves out what was seen, muted or answered in the meantime', () => {
  const held = [notice(1), notice(2)].reduce<readonly BrowserNotice[]>(
    (outbox, one) => settle([...outbox, one], 'hold'),
    [],
  );
  expect(settle(held, 'show', 2)).toEqual([]);
  expect(settle(held, 'drop')).toEqual([]);
  const [question] = settle([notice(3, 'a', 'question')], 'hold');
  expect(settle([question as BrowserNotice], 'show', 0, new Set())).toEqual([]);
});
