import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { firstView } from '../../../extension/shared/view.ts';
import { Arming, DISARMED_MS } from '../../../extension/ui/guard/arming.ts';
import { Hold, KEY_HOLD_MS } from '../../../extension/ui/guard/hold.ts';
import { keepPlace, newEntries, entriesOf } from '../../../extension/ui/list/list-entries.ts';
import type { ListEntry } from '../../../extension/ui/list/list-entries.ts';
import { groupsOf } from '../../../extension/ui/list/groups.ts';
import { mainAction } from '../../../extension/ui/list/row-actions.ts';
import { sectionsOf } from '../../../extension/ui/list/rows.ts';
import { Answers, OUTCOME_MS } from '../../../extension/ui/question/answers.ts';
import { questionsOf } from '../../../extension/ui/question/questions.ts';
import { MemoryLog, uuid } from '../../support/fleet.ts';

const HASH = '0'.repeat(64);
const SERVICE = { id: 's', url: 'http://127.0.0.1:4747', token: 't', user: 'alice' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function asking(agents: readonly string[]) {
  const log = new MemoryLog();
  const data = {
    kind: 'permission',
    title: 'Run a command',
    details: 'ls -la',
    choices: [
      { id: 'allow', label: 'Approve', tone: 'allow' },
      { id: 'deny', label: 'Deny', tone: 'deny' },
    ],
    hash: HASH,
  };
  for (const agent of agents) {
    log.connectAgent(agent);
    log.report('approval.requested', undefined, data, agent);
  }
  const [first] = questionsOf(log.fleet);
  const paired = () => [{ service: SERVICE, view: { ...firstView(0), fleet: log.fleet } }];
  return { log, id: first?.id ?? '', key: `s/${first?.id}`, paired };
}

function followed(agents: readonly string[], isHovered = false) {
  const world = asking(agents);
  const answers = new Answers(() => ({ heightPx: 120, hadFocus: true, isHovered }));
  answers.follow(world.paired());
  return { ...world, answers };
}

test('what moves again is disarmed for the whole time again', () => {
  const arming = new Arming();
  arming.disarm('a', 'appeared');
  vi.advanceTimersByTime(DISARMED_MS - 1);
  arming.disarm('a', 'moved-up');
  vi.advanceTimersByTime(DISARMED_MS - 1);
  expect([arming.isArmed('a'), arming.reasonOf('a'), arming.isArmed('b')]).toEqual([
    false,
    'moved-up',
    true,
  ]);
  vi.advanceTimersByTime(1);
  expect(arming.isArmed('a')).toBe(true);
  arming.disarm('a', 'moved-up');
  arming.arm('a');
  expect(arming.isArmed('a')).toBe(true);
});

test('the list is held by the pointer, a menu, and for a while by a key', () => {
  const hold = new Hold();
  hold.press();
  vi.advanceTimersByTime(KEY_HOLD_MS - 1);
  expect(hold.isHeld.value).toBe(true);
  vi.advanceTimersByTime(1);
  expect(hold.isHeld.value).toBe(false);
  hold.pointer(true);
  hold.menu(true);
  hold.pointer(false);
  expect(hold.isHeld.value).toBe(true);
  hold.menu(false);
  expect(hold.isHeld.value).toBe(false);
});

test('what waits is counted over all lists', () => {
  const hold = new Hold();
  hold.report('one', 2);
  hold.report('two', 1);
  expect(hold.waiting.value).toBe(3);
  hold.report('one', 0);
  expect(hold.waiting.value).toBe(1);
});

test.each<[string, (log: MemoryLog, id: string) => unknown, string, string]>([
  [
    'approved',
    (log, approval) =>
      log.apply({ type: 'decide-approval', approval, choice: 'allow', hash: HASH }),
    'allow',
    'Approved',
  ],
  [
    'denied by somebody else',
    (log, approval) =>
      log.apply(
        { type: 'decide-approval', approval, choice: 'deny', hash: HASH },
        { user: 'root', scopes: ['admin'] },
      ),
    'deny',
    'Denied by root',
  ],
  [
    'expired',
    (log, approval) => log.apply({ type: 'expire-approval', approval }),
    'neutral',
    'Expired',
  ],
  [
    'withdrawn',
    (log, approval) =>
      log.apply({ type: 'withdraw-approval', approval, reason: 'no-longer-needed' }),
    'neutral',
    'No longer needed',
  ],
])('a question that was %s says so, for a moment', (_case, close, tone, words) => {
  const { log, id, key, paired, answers } = followed(['a', 'b']);
  answers.send(key);
  expect(answers.isSent(key)).toBe(true);
  close(log, id);
  answers.follow(paired());
  expect(answers.outcomes.get(key)).toMatchObject({ tone, words, line: 'ls -la', heightPx: 120 });
  expect([answers.isSent(key), answers.announcement]).toEqual([false, `${words}: A, ls -la`]);
  vi.advanceTimersByTime(OUTCOME_MS);
  expect([answers.outcomes.get(key)?.isOver, answers.hasEnded(key)]).toEqual([true, false]);
});

test('a question that comes back can be answered', () => {
  const { key, paired, answers } = followed(['a']);
  const open = paired();
  answers.follow([{ service: SERVICE, view: firstView(0) }]);
  expect(answers.outcomes.has(key)).toBe(true);
  answers.follow(open);
  expect(answers.outcomes.has(key)).toBe(false);
});

test('an outcome under the pointer ends even while the list is held', () => {
  const { log, id, key, paired, answers } = followed(['a'], true);
  log.apply({ type: 'expire-approval', approval: id });
  answers.follow(paired());
  vi.advanceTimersByTime(OUTCOME_MS);
  expect(answers.hasEnded(key)).toBe(true);
});

test('a service that is forgotten leaves no outcomes', () => {
  const { answers } = followed(['a']);
  answers.follow([]);
  expect(answers.outcomes.size).toBe(0);
});

function entriesIn(log: MemoryLog): readonly ListEntry[] {
  const view = { ...firstView(0), fleet: log.fleet };
  const paired = { service: SERVICE, view };
  const sections = sectionsOf(log.fleet, 'alice');
  const groups = groupsOf([{ service: 's', name: 's', sections }], 'status');
  return entriesOf(
    questionsOf(log.fleet).map((question) => ({ paired, question })),
    groups,
  );
}

test('a kept row shows its newest state in its old group, and one that is gone offers nothing', () => {
  const log = new MemoryLog();
  log.connectAgent('a');
  const [before] = entriesIn(log);
  log.report('run.started', uuid(901), {}, 'a');
  const [now] = entriesIn(log);
  if (!before) expect.unreachable('there is no row');
  expect(keepPlace(before, now)).toMatchObject({
    group: { id: 'status/s/idle' },
    placed: { row: { status: 'running' } },
  });
  expect(keepPlace(before, undefined)).toMatchObject({ placed: { row: { actions: [] } } });
});

test('the row of an agent whose card is shown is not new', () => {
  const { log, id } = asking(['a']);
  const shown = entriesIn(log);
  log.apply({ type: 'expire-approval', approval: id });
  log.connectAgent('b');
  expect(newEntries(entriesIn(log), shown).map(({ key }) => key)).toEqual(['s/b']);
});

test('a queued run is never the main action', () => {
  const run = uuid(901);
  expect(mainAction([{ kind: 'queue' }])).toBeUndefined();
  expect(mainAction([{ kind: 'queue' }, { kind: 'cancel', run }])?.kind).toBe('cancel');
});
