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
  // taking over from somebody
  [{ kind: 'acknowledge', attention: 7 }, 'bob', undefined],
  [
    { kind: 'unacknowledge', attention: 7 },
    'alice',
    ['Not on it any more: Docs', { kind: 'acknowledge', attention: 7 }],
  ],
  [{ kind: 'run' }, undefined, undefined],
  [{ kind: 'queue' }, undefined, undefined],
  [{ kind: 'cancel', run: RUN }, undefined, undefined],
  [{ kind: 'pause', run: RUN }, undefined, undefined],
  [{ kind: 'retry', run: RUN }, undefined, undefined],
])('%j, when %s is on it', (action, caretaker, expected) => {
  const reversal = reversalOf(action, { name: 'Docs', caretaker });
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

test('it is undone once, and said', () => {
  const { undo, undone } = offering();
  expect(undo.said.value).toBe('Muted Docs. Z undoes it.');
  expect([undo.undo(), undo.undo()]).toEqual([true, false]);
  expect(undone).toEqual(['Muted Docs']);
  expect([undo.offered, undo.said.value]).toEqual([undefined, 'Undone']);
});

test('the last thing alone can be undone', () => {
  const { undo, undone, offer } = offering();
  offer('Muted Web');
  undo.undo();
  undo.undo();
  expect(undone).toEqual(['Muted Web']);
});

test('it goes after a while, but not while somebody looks after it', () => {
  const { undo, undone } = offering();
  undo.hold();
  vi.advanceTimersByTime(3_600_000);
  expect(undo.offered?.words).toBe('Muted Docs');
  undo.letGo();
  vi.runAllTimers();
  expect([undo.offered, undo.said.value]).toEqual([undefined, '']);
  expect([undo.undo(), undone]).toEqual([false, []]);
});

test('what comes in its place has all of its time', () => {
  const { undo, offer } = offering();
  vi.advanceTimersByTime(7_000);
  offer('Muted Web');
  vi.advanceTimersByTime(7_000);
  expect(undo.offered?.words).toBe('Muted Web');
});
