import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RowRequest } from '../../../extension/ui/list/row-actions.ts';
import { reversalOf, Undo } from '../../../extension/ui/undo.ts';
import { uuid } from '../../support/fleet.ts';

const RUN = uuid(901);

test.each<[RowRequest, string | undefined, [string, RowRequest] | undefined]>([
  [{ kind: 'mute' }, undefined, ['Muted Docs', { kind: 'unmute' }]],
  [{ kind: 'unmute' }, 'bob', ['Unmuted Docs', { kind: 'mute' }]],
  [
    { kind: 'acknowledge', attention: 7 },
    undefined,
    ['You’re on it: Docs', { kind: 'unacknowledge', attention: 7 }],
  ],
  // taking over from someone else
  [{ kind: 'acknowledge', attention: 7 }, 'bob', undefined],
  [
    { kind: 'unacknowledge', attention: 7 },
    'alice',
    ['No longer on it: Docs', { kind: 'acknowledge', attention: 7 }],
  ],
  [{ kind: 'run' }, undefined, undefined],
  [{ kind: 'queue' }, undefined, undefined],
  [{ kind: 'cancel', run: RUN }, undefined, undefined],
  [{ kind: 'pause', run: RUN }, undefined, undefined],
  [{ kind: 'retry', run: RUN }, undefined, undefined],
])('%j, when %s is on it', (action, acknowledgedBy, expected) => {
  const reversal = reversalOf(action, { name: 'Docs', acknowledgedBy });
  expect(reversal && [reversal.words, reversal.inverse]).toEqual(expected);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function offering(words = 'Muted Docs') {
  const undo = new Undo();
  const undone: string[] = [];
  const offer = (what: string) => undo.offer({ words: what, undo: () => undone.push(what) });
  offer(words);
  return { undo, undone, offer };
}

test('an action is undone once, and this is announced', () => {
  const { undo, undone } = offering();
  expect(undo.announcement.value).toBe('Muted Docs. Press Z to undo.');
  expect([undo.undo(), undo.undo()]).toEqual([true, false]);
  expect(undone).toEqual(['Muted Docs']);
  expect([undo.offered, undo.announcement.value]).toEqual([undefined, 'Undone']);
});

test('only the last action can be undone', () => {
  const { undo, undone, offer } = offering();
  offer('Muted Web');
  undo.undo();
  undo.undo();
  expect(undone).toEqual(['Muted Web']);
});

test('the offer expires, but not while the pointer or the focus is on it', () => {
  const { undo, undone } = offering();
  undo.stopTimer();
  vi.advanceTimersByTime(3_600_000);
  expect(undo.offered?.words).toBe('Muted Docs');
  undo.restartTimer();
  vi.runAllTimers();
  expect([undo.offered, undo.announcement.value]).toEqual([undefined, '']);
  expect([undo.undo(), undone]).toEqual([false, []]);
});

test('a new offer gets the full time', () => {
  const { undo, offer } = offering();
  vi.advanceTimersByTime(7_000);
  offer('Muted Web');
  vi.advanceTimersByTime(7_000);
  expect(undo.offered?.words).toBe('Muted Web');
});
