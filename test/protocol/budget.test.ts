import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Budget } from '../../protocol/events/budget.ts';
import { MemoryLog, uuid } from '../support/fleet.ts';

const RUN = uuid(901);

function running(budget: Budget): MemoryLog {
  const log = new MemoryLog();
  log.connectAgent('a', { budget });
  log.report('run.started', RUN);
  return log;
}

const use = (log: MemoryLog, costUsd: number, run = RUN) =>
  log.report('usage.reported', run, { costUsd, inputTokens: costUsd * 100 });
const alerts = (log: MemoryLog) => log.events.filter(({ type }) => type === 'budget.exceeded');

test('an exceeded limit is reported once per run', () => {
  const log = running({ costUsdPerRun: 2 });
  for (const costUsd of [1, 2, 3, 4]) use(log, costUsd);
  expect(alerts(log)).toMatchObject([
    { run: RUN, actor: 'service', data: { limit: 'costUsdPerRun', allowed: 2, used: 3 } },
  ]);
  expect(log.fleet.runs[RUN]?.overBudget).toHaveLength(1);
});

test('with "stop", the commit that reports the limit also requests cancellation', () => {
  const log = running({ tokensPerRun: 150, stop: true });
  use(log, 2);
  expect(log.events.slice(-3).map(({ type }) => type)).toEqual([
    'usage.reported',
    'budget.exceeded',
    'run.cancel_requested',
  ]);
});

test('a daily limit counts the total of each run once, however often the run reports', () => {
  const log = running({ costUsdPerDay: 5 });
  for (const costUsd of [1, 2, 3]) use(log, costUsd);
  log.report('run.succeeded', RUN);
  const next = uuid(902);
  log.report('run.started', next);
  use(log, 2, next);
  expect(log.fleet.agents['a']?.spent).toMatchObject({ costUsd: 5, tokens: 500 });
  expect(alerts(log)).toEqual([]);
  use(log, 2.5, next);
  expect(alerts(log)).toMatchObject([{ run: next, data: { limit: 'costUsdPerDay', used: 5.5 } }]);
});

test('a total that falls does not reduce the daily usage', () => {
  const log = running({});
  use(log, 4);
  use(log, 1);
  expect(log.fleet.agents['a']?.spent?.costUsd).toBe(4);
});

test('the daily usage is the sum of the last totals, whatever the order of the reports', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(100)), { maxLength: 30 }), (reports) => {
      const log = new MemoryLog();
      log.connectAgent('a', { maxConcurrentRuns: 3 });
      const totals = [0, 0, 0];
      for (const n of totals.keys()) log.report('run.started', uuid(900 + n));
      for (const [n, more] of reports) {
        totals[n] = (totals[n] ?? 0) + more;
        use(log, totals[n], uuid(900 + n));
      }
      const spent = log.fleet.agents['a']?.spent?.costUsd ?? 0;
      expect(spent).toBe(totals.reduce((sum, one) => sum + one));
    }),
  );
});
