import { expect, test } from 'vitest';
import type { LogFilter } from '../../../service/log/store.ts';
import { PAGE_EVENTS, readPage } from '../../../service/log/store.ts';
import { matchesFilter } from '../../../service/stream/filter.ts';
import { uuid } from '../../support/fleet.ts';
import type { LogInstance } from '../../support/log.ts';
import { openInstance, register, REPORTER, testDatabase } from '../../support/log.ts';

const RUNS = [uuid(901), uuid(902)];

/** Events of two agents, with and without a run, more than two pages of them. */
async function fill({ log }: LogInstance): Promise<void> {
  await register(log, 'a');
  await register(log, 'b');
  for (const [index, agent] of ['a', 'b'].entries()) {
    const run = RUNS[index] as string;
    const output = { type: 'run.output', agent, run, data: { stream: 'stdout', text: 'x' } };
    const error = { type: 'error.reported', agent, data: { message: 'x' } };
    const events = Array.from({ length: PAGE_EVENTS }, () => [output, error]).flat();
    const started = { type: 'run.started', agent, run, data: {} };
    await log.append({ type: 'report', events: [started, ...events] }, REPORTER);
  }
}

test('pages of each filter hold exactly the events that match it, in order', async () => {
  const database = await testDatabase();
  const instance = await openInstance(database);
  await fill(instance);
  const filters: LogFilter[] = [
    { detail: true },
    { detail: false },
    { detail: true, agents: ['a'] },
    { detail: true, run: RUNS[1] },
    { detail: false, types: ['error.', 'run.started'] },
    { detail: true, agents: ['a', 'b'], run: RUNS[0], types: ['run.'] },
    { detail: true, types: ['%', '_'] },
  ];
  for (const filter of filters) {
    const found: number[] = [];
    for (;;) {
      const { events } = await readPage(database.sql, found.at(-1) ?? 0, filter);
      found.push(...events.map(({ seq }) => seq));
      if (events.length < PAGE_EVENTS) break;
    }
    const expected = instance.published.filter((event) => matchesFilter(filter, event));
    expect(found).toEqual(expected.map(({ seq }) => seq));
  }
});
