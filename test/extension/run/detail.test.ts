import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY_DETAIL, foldDetail, MAX_ITEMS } from '../../../extension/run/detail.ts';
import type { ApprovalItem } from '../../../extension/run/items.ts';
import { bestOf, drawnPoints, MAX_POINTS } from '../../../extension/run/series.ts';
import { timelineRows } from '../../../extension/run/timeline.ts';
import type { LogEvent } from '../../../protocol/events/event.ts';
import { uuid } from '../../support/fleet.ts';

const STARTED_MS = Date.UTC(2026, 0, 31, 12);

/** Events of one run, a second apart. */
function told(...facts: readonly (readonly [type: string, data: object, actor?: string])[]) {
  return facts.map(
    ([type, data, actor], index) =>
      ({
        seq: index + 1,
        id: uuid(index + 1),
        time: new Date(STARTED_MS + index * 1_000).toISOString(),
        type,
        data,
        actor,
      }) as LogEvent,
  );
}

const STORY = told(
  ['run.requested', {}, 'alice'],
  ['run.started', { command: 'make' }],
  ['graph.defined', { nodes: [{ step: 'a', name: 'A' }], edges: [] }],
  ['step.started', { step: 'a', name: 'Build' }],
  ['run.output', { stream: 'stdout', text: 'half ' }],
  ['step.started', { step: 'a1', name: 'Compile', parent: 'a' }],
  ['step.progress', { step: 'a1', value: 0.5, message: '5 of 10' }],
  ['tool.started', { call: 't1', name: 'Bash', input: 'npm test' }],
  ['step.completed', { step: 'a1' }],
  ['tool.failed', { call: 't1', message: 'exit code 1' }],
  ['metric.reported', { name: 'loss', value: 0.5, step: 1, objective: 'min' }],
  ['approval.requested', { kind: 'question', title: 'Go?', choices: [], hash: '' }],
  ['metric.reported', { name: 'loss', value: 0.25, step: 2, objective: 'min' }],
  ['approval.resolved', { approval: uuid(12), choice: 'yes', via: 'popup' }, 'bob'],
  ['usage.reported', { inputTokens: 10, outputTokens: 5, costUsd: 0.5 }],
  ['something.new', { of: 'a newer service' }],
  ['run.output', { stream: 'stdout', text: 'and half\n' }],
  ['step.failed', { step: 'a', message: 'no' }],
  ['run.failed', { reason: 'exit', message: 'no' }],
);

test('any split into batches gives the same, and nothing counts twice', () => {
  const whole = foldDetail(EMPTY_DETAIL, STORY);
  fc.assert(
    fc.property(fc.nat(STORY.length), fc.nat(STORY.length), (at, back) => {
      const first = foldDetail(EMPTY_DETAIL, STORY.slice(0, at));
      const overlapping = STORY.slice(Math.max(0, at - back));
      expect(foldDetail(first, overlapping)).toEqual(whole);
    }),
  );
});

test('a step is one item from start to end, inside its parent', () => {
  const { items, isOver } = foldDetail(EMPTY_DETAIL, STORY);
  const steps = timelineRows(items.values()).filter(({ item }) => item.kind === 'step');
  expect(steps).toMatchObject([
    { depth: 0, item: { name: 'Build', state: 'failed', message: 'no' } },
    { depth: 1, item: { name: 'Compile', state: 'completed' } },
  ]);
  expect(isOver).toBe(true);
});

test('steps and tool calls that were running when the run ended are stopped', () => {
  const left = told(
    ['step.started', { step: 'a', name: 'A' }],
    ['step.started', { step: 'b', name: 'B' }],
    ['tool.started', { call: 't', name: 'Bash' }],
    ['run.cancelled', {}],
    ['step.completed', { step: 'b' }],
  );
  const { items } = foldDetail(EMPTY_DETAIL, left);
  const endedAt = left[3]?.time;
  expect(items.get('step:a')).toMatchObject({ state: 'stopped', endedAt });
  expect(items.get('step:b')).toMatchObject({ state: 'completed' });
  expect(items.get('tool:t')).toMatchObject({ state: 'stopped', endedAt });
});

test('a question shows who answered what, and where', () => {
  const { items } = foldDetail(EMPTY_DETAIL, STORY);
  const { asked, outcome } = items.get(`approval:${uuid(12)}`) as ApprovalItem;
  expect(asked?.title).toBe('Go?');
  expect(outcome).toMatchObject({ how: 'resolved', choice: 'yes', by: 'bob', via: 'popup' });
});

test('metrics, cost and tokens become series', () => {
  const { series, cost, tokens } = foldDetail(EMPTY_DETAIL, STORY);
  const loss = series.get('loss');
  expect(loss && drawnPoints(loss).map(({ value }) => value)).toEqual([0.5, 0.25]);
  expect(loss && bestOf(loss)?.value).toBe(0.25);
  expect([cost?.last.value, tokens?.last.value]).toEqual([0.5, 15]);
});

test('steps that contain each other don’t loop', () => {
  const circle = told(
    ['step.started', { step: 'a', name: 'A', parent: 'b' }],
    ['step.started', { step: 'b', name: 'B', parent: 'a' }],
    ['step.started', { step: 'c', name: 'C', parent: 'c' }],
  );
  const { items } = foldDetail(EMPTY_DETAIL, circle);
  expect(timelineRows(items.values()).map(({ depth }) => depth)).toEqual([0, 1, 0]);
});

test('the detail of any run stays bounded', () => {
  const talk = told(
    ...Array.from({ length: MAX_ITEMS + 10 }, (_, index) => {
      return ['message.added', { role: 'assistant', text: String(index) }] as const;
    }),
  );
  const { items, droppedItems } = foldDetail(EMPTY_DETAIL, talk);
  expect([items.size, droppedItems]).toEqual([MAX_ITEMS, 10]);
  const metrics = told(
    ...Array.from({ length: 3 * MAX_POINTS }, (_, index) => {
      return ['metric.reported', { name: 'loss', value: index === 7 ? -1 : index }] as const;
    }),
  );
  const loss = foldDetail(EMPTY_DETAIL, metrics).series.get('loss');
  expect(loss?.points.length).toBeLessThanOrEqual(MAX_POINTS);
  const values = loss && drawnPoints(loss).map(({ value }) => value);
  expect([values?.includes(-1), values?.at(-1)]).toEqual([true, 3 * MAX_POINTS - 1]);
});
