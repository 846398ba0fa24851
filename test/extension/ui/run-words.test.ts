import { expect, test } from 'vitest';
import type { ApprovalItem, Item } from '../../../extension/run/items.ts';
import { readTarget, runPath, webAddress } from '../../../extension/shared/pages.ts';
import { approvalWords } from '../../../extension/ui/run/timeline/item-words.ts';
import { artifactsOf, filesOf } from '../../../extension/ui/run/results/run-results.ts';
import {
  costWords,
  runStatusOf,
  runControlsOf,
} from '../../../extension/ui/run/header/run-words.ts';
import type { Fleet, Run } from '../../../protocol/fleet/fleet.ts';
import { MemoryLog, uuid } from '../../support/fleet.ts';

const RUN = uuid(901);

function told(tell: (log: MemoryLog) => void) {
  const log = new MemoryLog();
  log.connectAgent('a', { budget: { costUsdPerRun: 5 } });
  log.report('run.started', RUN);
  tell(log);
  return { run: runOf(log.fleet), agent: log.fleet.agents['a'] };
}

function runOf({ runs }: Fleet): Run {
  const run = runs[RUN];
  if (!run) throw new Error('no run');
  return run;
}

test('a run offers what its agent can do now', () => {
  const running = told(() => undefined);
  expect(runControlsOf(running.run, running.agent)).toEqual(['cancel', 'pause']);
  expect(runControlsOf(running.run, undefined)).toEqual([]);
  const cancelling = told((log) => log.apply({ type: 'cancel-run', run: RUN }));
  expect(runControlsOf(cancelling.run, cancelling.agent)).toEqual([]);
  expect(runStatusOf(cancelling.run, 'permission')).toBe('cancelling');
  const over = told((log) => log.report('run.failed', RUN, { reason: 'exit', message: '' }));
  expect(runControlsOf(over.run, over.agent)).toEqual(['retry']);
  expect(runStatusOf(over.run, 'permission')).toBe('failed');
});

test('cost is shown with its budget', () => {
  const { run, agent } = told((log) =>
    log.report('usage.reported', RUN, { costUsd: 5.5, inputTokens: 1_000, outputTokens: 200 }),
  );
  expect(costWords(run, agent)).toBe('$5.50 of $5.00 · 1,200 tokens · over budget');
  expect(costWords(told(() => undefined).run, agent)).toBe('');
});

const common = { seq: 1, time: '2026-01-31T12:00:00.000Z' };

test('an answer shows what, who and where', () => {
  const choices = [{ id: 'yes', label: 'Allow once' }];
  const asked: ApprovalItem = {
    ...common,
    kind: 'approval',
    asked: { kind: 'permission', title: 'Push?', choices, hash: '' },
  };
  const how = { how: 'resolved', by: 'bob', via: 'popup', at: common.time } as const;
  const note = (outcome: ApprovalItem['outcome']) =>
    approvalWords(outcome ? { ...asked, outcome } : asked).note;
  expect(note({ ...how, choice: 'yes' })).toBe('answered “Allow once” by bob in the browser');
  expect(note({ ...how, text: 'later' })).toBe('answered “later” by bob in the browser');
  expect(note({ how: 'expired', at: common.time })).toBe('expired without an answer');
  expect(note(undefined)).toBe('waiting for an answer');
});

test('changes of one file are summed up', () => {
  const changed = (change: 'created' | 'modified', addedLines: number): Item => ({
    ...common,
    kind: 'file',
    file: { path: 'a.ts', change, addedLines },
  });
  expect(filesOf([changed('created', 3), changed('modified', 4)])).toEqual([
    { path: 'a.ts', change: 'created', addedLines: 7, removedLines: undefined },
  ]);
});

test('an artifact is a link only if its address is safe to open', () => {
  const made = (url: string): Item => ({
    ...common,
    kind: 'artifact',
    artifact: { name: 'x', url },
  });
  const [web, script] = artifactsOf([made('https://ci.example/x'), made('javascript:alert(1)')]);
  expect(web?.url?.host).toBe('ci.example');
  expect(script?.url).toBeUndefined();
  expect(webAddress('data:text/html,x')).toBeUndefined();
});

test('the address of a page can be parsed back', () => {
  const path = runPath('3f9a', RUN);
  expect(readTarget(new URL(path, 'https://x').search)).toEqual({
    kind: 'run',
    service: '3f9a',
    run: RUN,
  });
  expect(readTarget('?service=3f9a&agent=build')).toMatchObject({
    kind: 'history',
    agent: 'build',
  });
  expect(readTarget('?run=1')).toBeUndefined();
});
