import { expect, test } from 'vitest';
import { badgeOf } from '../../../extension/background/toolbar/badge.ts';
import type { View } from '../../../extension/shared/view.ts';
import type { ConnectionState } from '../../../protocol/client/connection.ts';
import { firstView } from '../../../extension/shared/view.ts';
import type { MemoryLog } from '../../support/fleet.ts';
import { MemoryLog as Memory, uuid } from '../../support/fleet.ts';

const NOW_MS = 1_000_000;
const LIVE: ConnectionState = { state: 'live', sinceMs: 0, attempt: 0 };
const GONE: ConnectionState = {
  state: 'waiting',
  sinceMs: NOW_MS,
  attempt: 1,
  retryAtMs: NOW_MS,
  error: 'unreachable',
};

function viewOf(tell: (log: MemoryLog) => void, changes: Partial<View> = {}): View {
  const log = new Memory();
  tell(log);
  return { ...firstView(NOW_MS), fleet: log.fleet, connection: LIVE, ...changes };
}

function badge(...views: View[]) {
  const services = views.map((view, index) => ({
    view,
    service: { id: `${index}`, url: `http://host${index}:4747`, token: 't', user: 'u' },
  }));
  return badgeOf({ services, nowMs: NOW_MS, workerStartedMs: 0 });
}

const running = (log: MemoryLog) => {
  log.connectAgent('r');
  log.report('run.started', uuid(901), {}, 'r');
};
const failed = (log: MemoryLog) => {
  log.connectAgent('f');
  log.report('run.started', uuid(902), {}, 'f');
  log.report('run.failed', uuid(902), { reason: 'exit', message: 'x' }, 'f');
};
const both = (log: MemoryLog) => {
  running(log);
  failed(log);
};
const idle = (log: MemoryLog) => log.connectAgent('i');

test('an unpaired extension says how to connect', () => {
  expect(badge()).toMatchObject({ text: '', title: 'Agentlight: click to connect' });
});

test.each<[string, View[], string, string, string]>([
  ['nothing is running', [viewOf(idle)], '', 'calm', 'all quiet'],
  ['running', [viewOf(running)], '1', 'running', '1 running'],
  ['a failure goes before a live run', [viewOf(both)], '1', 'failed', '1 failed, 1 running'],
  [
    'a failure that was seen is not counted',
    [viewOf(both, { seenSeq: 99 })],
    '1',
    'running',
    '1 running',
  ],
  ['several services', [viewOf(both), viewOf(failed)], '2', 'failed', '2 failed, 1 running'],
  [
    'out of contact',
    [viewOf(running, { connection: GONE, asOfMs: NOW_MS - 2_000 })],
    '!',
    'off',
    'host0:4747 out of contact',
  ],
  [
    'access that was taken back, at once',
    [viewOf(running, { connection: { state: 'blocked', sinceMs: NOW_MS, error: 'no-access' } })],
    '!',
    'off',
    'no access to host0:4747',
  ],
  [
    'a connection that is coming back',
    [viewOf(running, { connection: GONE, asOfMs: NOW_MS - 1_999 })],
    '1',
    'running',
    '1 running',
  ],
  [
    'a failure here, another service out of contact',
    [viewOf(failed), viewOf(running, { connection: GONE, asOfMs: 0 })],
    '1',
    'failed',
    '1 failed, host1:4747 out of contact',
  ],
  [
    'a live run here, another service out of contact',
    [viewOf(running), viewOf(failed, { connection: GONE, asOfMs: 0 })],
    '!',
    'off',
    '1 running, host1:4747 out of contact',
  ],
])('%s', (_case, views, text, icon, words) => {
  expect(badge(...views)).toMatchObject({ text, icon, title: `Agentlight: ${words}` });
});

test('more than 99 show as 99+', () => {
  const many = viewOf((log) => {
    for (let n = 0; n < 120; n += 1) {
      log.connectAgent(`a${n}`);
      log.report('run.started', uuid(1_000 + n), {}, `a${n}`);
    }
  });
  expect(badge(many).text).toBe('99+');
});
