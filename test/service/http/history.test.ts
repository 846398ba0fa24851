import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEventsAnswer, RunsAnswer } from '../../../protocol/wire/messages.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
});
afterAll(() => hub.close());

/** Runs of a new agent, oldest first; every third fails. */
async function haveRun(agent: string, count: number): Promise<string[]> {
  await hub.register(agent);
  const runs = Array.from({ length: count }, () => randomUUID());
  for (const [index, run] of runs.entries()) {
    const data = { reason: 'exit', message: 'Oh.' };
    const end = index % 3 === 2 ? { type: 'run.failed', data } : { type: 'run.succeeded' };
    await hub.report([
      { type: 'run.started', agent, run },
      { ...end, agent, run },
    ]);
  }
  return runs;
}

const list = (query: string) => hub.expect<RunsAnswer>(200, 'GET', `/v1/runs?${query}`);

test('all runs of an agent, newest first, in pages that leave nothing out', async () => {
  const runs = await haveRun('paged', 25);
  const read: string[] = [];
  let before = '';
  for (let page = 0; page < 3; page += 1) {
    const answer = await list(`agent=paged&limit=10${before}`);
    read.push(...answer.runs.map(({ id }) => id));
    if (answer.before === undefined) break;
    before = `&before=${answer.before}`;
  }
  expect(read).toEqual(runs.toReversed());
});

test('only those in a state, of several agents', async () => {
  const one = await haveRun('one', 3);
  const two = await haveRun('two', 3);
  const { runs } = await list('agent=one&agent=two&status=failed');
  expect(runs.map(({ id }) => id)).toEqual([two[2], one[2]]);
  expect((await list('agent=one&status=queued')).runs).toEqual([]);
});

test('what happened in a run, with its output, in pages that leave nothing out', async () => {
  await hub.register('talks');
  const run = randomUUID();
  const output = (n: number) => ({
    type: 'run.output',
    agent: 'talks',
    run,
    data: { stream: 'stdout', text: `line ${n}\n` },
  });
  await hub.report([
    { type: 'run.started', agent: 'talks', run },
    ...Array.from({ length: 20 }, (_, n) => output(n)),
  ]);
  const path = `/v1/runs/${run}/events?limit=15`;
  const first = await hub.expect<RunEventsAnswer>(200, 'GET', path);
  const rest = await hub.expect<RunEventsAnswer>(200, 'GET', `${path}&after=${first.after}`);
  expect(rest.after).toBeUndefined();
  const types = [...first.events, ...rest.events].map(({ type }) => type);
  expect(types).toEqual(['run.started', ...Array.from({ length: 20 }, () => 'run.output')]);
});

test.each(['limit=0', 'limit=201', 'before=x', 'status=lost', 'agent=UPPER', 'color=red'])(
  'a query that can not be is refused: %s',
  async (query) => {
    await hub.expect(400, 'GET', `/v1/runs?${query}`);
  },
);
