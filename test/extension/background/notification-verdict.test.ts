import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notificationVerdict } from '../../../extension/background/notify/notification-verdict.ts';
import type { Settings } from '../../../extension/shared/settings.ts';
import { choose } from '../../../extension/shared/settings.ts';
import type { NoticeSubject } from '../../../extension/shared/view.ts';

const NOW_MS = new Date(2026, 0, 14, 23, 0).getTime();

const failed: NoticeSubject = { kind: 'failed', agent: 'a', name: 'A', seq: 7 };
const question: NoticeSubject = { ...failed, kind: 'question' };
const budget: NoticeSubject = { ...failed, kind: 'budget' };
const finished = (isMine: boolean, tookMs: number): NoticeSubject => ({
  ...failed,
  kind: 'finished',
  isMine,
  tookMs,
});
const tagged = (...tags: string[]): NoticeSubject => ({ ...failed, tags });

function verdict(occasion: NoticeSubject, changes: Partial<Settings> = {}, snoozedUntilMs = 0) {
  const { settings } = choose(changes, undefined);
  return notificationVerdict('s', occasion, { settings, snoozedUntilMs }, NOW_MS);
}

describe('with default settings', () => {
  test.each<[string, NoticeSubject, string]>([
    ['a failure', failed, 'show'],
    ['an agent that is gone', { ...failed, kind: 'offline' }, 'show'],
    ['a question', question, 'show'],
    ['a budget', budget, 'show'],
    ['a long run of mine', finished(true, 60_000), 'show'],
    ['a short run of mine', finished(true, 59_999), 'drop'],
    ['a run of others', finished(false, 600_000), 'drop'],
  ])('%s', (_name, occasion, expected) => {
    expect(verdict(occasion)).toBe(expected);
  });
});

describe('with changed settings', () => {
  test.each<[string, NoticeSubject, Partial<Settings>, string]>([
    ['a kind that is off', failed, { notifyFailed: false }, 'drop'],
    ['all that finishes', finished(false, 1), { notifyFinished: 'all' }, 'show'],
    ['nothing that finishes', finished(true, 600_000), { notifyFinished: 'off' }, 'drop'],
    ['a muted agent', failed, { muted: ['s/a'] }, 'drop'],
    ['one of that id elsewhere', failed, { muted: ['t/a'] }, 'show'],
    [
      'a rule for the agent',
      failed,
      { rules: [{ match: 'agent', name: 'a', failed: false }] },
      'drop',
    ],
    [
      'a rule for a tag',
      tagged('ci'),
      { rules: [{ match: 'tag', name: 'ci', failed: false }] },
      'drop',
    ],
    [
      'the agent’s rule before the tag’s',
      tagged('ci'),
      {
        rules: [
          { match: 'tag', name: 'ci', failed: false },
          { match: 'agent', name: 'a', failed: true },
        ],
      },
      'show',
    ],
    [
      'a rule that says nothing of this kind',
      failed,
      { rules: [{ match: 'agent', name: 'a', budget: false }] },
      'show',
    ],
    ['quiet hours', failed, { quietHours: true }, 'hold'],
    ['a question in quiet hours', question, { quietHours: true }, 'hold'],
    [
      'a question that may wake',
      question,
      { quietHours: true, quietLetsQuestionsThrough: true },
      'show',
    ],
    [
      'what is off is not in the summary',
      failed,
      { quietHours: true, notifyFailed: false },
      'drop',
    ],
  ])('%s', (_name, occasion, changes, expected) => {
    expect(verdict(occasion, changes)).toBe(expected);
  });
});

test('while notifications are paused, all of them are held', () => {
  expect(verdict(question, { quietLetsQuestionsThrough: true }, NOW_MS + 1)).toBe('hold');
  expect(verdict(question, {}, NOW_MS)).toBe('show');
});

test('muting only drops notifications, and a pause only holds them', () => {
  const kinds = fc.constantFrom('failed', 'offline', 'question', 'budget', 'finished');
  fc.assert(
    fc.property(kinds, fc.boolean(), fc.boolean(), (kind, quietHours, notifyFailed) => {
      const occasion: NoticeSubject = { ...failed, kind };
      const before = verdict(occasion, { quietHours, notifyFailed });
      expect(verdict(occasion, { quietHours, notifyFailed, muted: ['s/a'] })).toBe('drop');
      const paused = verdict(occasion, { quietHours, notifyFailed }, NOW_MS + 1);
      expect(paused).toBe(before === 'drop' ? 'drop' : 'hold');
    }),
  );
});
