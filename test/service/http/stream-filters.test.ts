import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogEvent } from '../../../protocol/events/event.ts';
import { eventually } from '../../support/eventually.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';

const RUN_A = '0198c2f4-0000-7000-8000-00000000000a';
const RUN_B = '0198c2f4-0000-7000-8000-00000000000b';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
});
afterAll(() => hub.close());

const output = (agent: string, run: string) => ({
  type: 'run.output',
  agent,
  run,
  data: { stream: 'stdout', text: `of ${agent}` },
});

/** The same story each time, whose last word is that `end` was registered. */
async function tellStory(): Promise<void> {
  await hub.register('a');
  await hub.register('b');
  await hub.report([
    { type: 'run.started', agent: 'a', run: RUN_A },
    { type: 'run.started', agent: 'b', run: RUN_B },
    output('a', RUN_A),
    output('b', RUN_B),
    { type: 'run.phase', agent: 'a', run: RUN_A, data: { name: 'x' } },
    { type: 'error.reported', agent: 'a', data: { message: 'without a run' } },
    { type: 'run.succeeded', agent: 'a', run: RUN_A },
  ]);
}

const short = ({ type, agent }: LogEvent) => `${type} ${agent ?? '-'}`;

const A = [
  'agent.registered a',
  'run.started a',
  'run.phase a',
  'error.reported a',
  'run.succeeded a',
];
const stories = [
  ['agent=a', ['service.started -', ...A]],
  [
    'agent=a&agent=b',
    [
      'service.started -',
      'agent.registered a',
      'agent.registered b',
      'run.started a',
      'run.started b',
      ...A.slice(2),
    ],
  ],
  ['agent=nobody', ['service.started -']],
  [`run=${RUN_A}`, ['run.started a', 'run.output a', 'run.phase a', 'run.succeeded a']],
  [`run=${RUN_A.toUpperCase()}&agent=b`, []],
  ['type=run.s', ['run.started a', 'run.started b', 'run.succeeded a']],
  ['type=run.phase&type=error', ['run.phase a', 'error.reported a']],
  ['type=agent_', []],
  ['type=run.output', []],
  ['type=run.output&detail=1', ['run.output a', 'run.output b']],
  ['agent=b&detail', ['service.started -', 'agent.registered b', 'run.started b', 'run.output b']],
  ['detail=0&agent=b', ['service.started -', 'agent.registered b', 'run.started b']],
] as const;

test('each filter brings what it names, the same live and replayed, after the fleet it is about', async () => {
  const live = await Promise.all(
    stories.map(async ([query]) => ({
      query,
      stream: await hub.stream(`/v1/stream?cursor=earliest&${query}`),
    })),
  );
  await tellStory();
  // what comes last: each connection is read in its own time
  const counts = new Map<string, number>(stories.map(([query, events]) => [query, events.length]));
  await eventually(
    () => live.every(({ query, stream }) => stream.events().length === counts.get(query)),
    'everything to have arrived',
  );
  const told = Object.fromEntries(
    live.map(({ query, stream }) => [query, stream.events().map(short)]),
  );
  expect(told).toEqual(Object.fromEntries(stories));

  for (const [query, expected] of stories) {
    const replayed = await hub.stream(`/v1/stream?cursor=earliest&once=1&${query}`);
    await replayed.ended;
    expect([query, replayed.events().map(short)]).toEqual([query, expected]);
  }
});

test('a filtered stream begins with the part of the fleet that it is about', async () => {
  const snapshotOf = async (query: string) => {
    const { fleet, cursor } = await (await hub.stream(`/v1/stream?${query}`)).snapshot();
    expect(cursor.split('.')[1]).toBe(String(fleet.seq));
    return [Object.keys(fleet.agents), Object.keys(fleet.runs)];
  };
  expect(await snapshotOf('agent=a')).toEqual([['a'], [RUN_A]]);
  expect(await snapshotOf(`run=${RUN_B}`)).toEqual([['b'], [RUN_B]]);
  expect(await snapshotOf('agent=nobody')).toEqual([[], []]);
  expect(await snapshotOf('type=run')).toEqual([
    ['a', 'b'],
    [RUN_A, RUN_B],
  ]);
});

test('details come only to those who ask', async () => {
  const plain = await hub.stream('/v1/stream');
  const detailed = await hub.stream('/v1/stream?detail=true');
  await plain.snapshot();
  await detailed.snapshot();
  await hub.report([output('b', RUN_B), { type: 'run.succeeded', agent: 'b', run: RUN_B }]);
  for (const stream of [plain, detailed]) await stream.event('run.succeeded');
  expect(plain.events().map(short)).toEqual(['run.succeeded b']);
  expect(detailed.events().map(short)).toEqual(['run.output b', 'run.succeeded b']);
});
