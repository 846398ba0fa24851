import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GroupBy, Listed } from '../../../extension/ui/list/groups.ts';
import { groupingOf, groupsOf, firstRows } from '../../../extension/ui/list/groups.ts';
import { sectionsOf } from '../../../extension/ui/list/rows.ts';
import { FIELDS } from '../../../extension/shared/settings.ts';
import type { AgentProfile } from '../../../protocol/events/agent.ts';
import { MemoryLog, uuid } from '../../support/fleet.ts';

interface Made extends Partial<AgentProfile> {
  readonly is?: 'idle' | 'running' | 'failed' | 'stopped' | 'asking';
  readonly isTakenCareOf?: boolean;
}

const BYS = ['status', 'machine', 'tag', 'service'] as const satisfies readonly GroupBy[];

function logWith(agents: Readonly<Record<string, Made>>): MemoryLog {
  const log = new MemoryLog();
  for (const [index, [id, made]] of Object.entries(agents).entries()) {
    const { is = 'idle', isTakenCareOf = false, ...profile } = made;
    log.connectAgent(id, { name: id, ...profile });
    const run = uuid(900 + index);
    if (is === 'running' || is === 'failed') log.report('run.started', run, {}, id);
    if (is === 'failed')
      log.report('run.failed', run, { reason: 'exit', message: 'It broke.' }, id);
    const attention = log.fleet.runs[run]?.statusSeq ?? 0;
    if (isTakenCareOf) log.apply({ type: 'acknowledge', agent: id, attention });
  }
  return log;
}

function listed(service: string, agents: Readonly<Record<string, Made>>): Listed {
  const sections = sectionsOf(logWith(agents).fleet, 'alice');
  return { service, name: `${service}.example`, sections };
}

/** Such as `Idle: a b`. */
function drawn(by: GroupBy, ...lists: Listed[]): string[] {
  return groupsOf(lists, by).map(
    ({ title, rows, worst }) =>
      `${title}: ${rows.map(({ row }) => row.agent).join(' ')}${worst ? ` (${worst})` : ''}`,
  );
}

const FLEET: Readonly<Record<string, Made>> = {
  api: { host: 'laptop', tags: ['backend', 'nightly'], is: 'running' },
  docs: { host: 'build-10', tags: ['docs'] },
  e2e: { host: 'build-2', tags: ['nightly', 'backend'], is: 'failed' },
  lint: { host: 'build-2', tags: ['backend'], is: 'failed', isTakenCareOf: true },
  misc: {},
  web: { host: 'build-2', is: 'running' },
};

test.each<[GroupBy, string[]]>([
  ['status', ['Failed: e2e lint', 'Running: api web', 'Idle: docs misc']],
  [
    'machine',
    [
      'Failed: e2e',
      'build-2: lint web (failed)',
      'build-10: docs (idle)',
      'laptop: api (running)',
      'Unknown machine: misc (idle)',
    ],
  ],
  [
    'tag',
    [
      'Failed: e2e',
      'backend: lint api (failed)',
      'docs: docs (idle)',
      'No tag: web misc (running)',
    ],
  ],
  ['service', ['Failed: e2e', 'home.example: lint api web docs misc (failed)']],
])(
  'by %s: what needs attention first, then groups by name, then agents without one',
  (by, expected) => {
    expect(drawn(by, listed('home', FLEET))).toEqual(expected);
  },
);

test('agents of several services share groups, and two agents with the same name stay two', () => {
  const home = listed('home', {
    tests: { host: 'laptop' },
    web: { host: 'laptop', is: 'running' },
  });
  const work = listed('work', { tests: { host: 'laptop' }, deploy: { is: 'failed' } });
  expect(drawn('machine', home, work)).toEqual([
    'Failed: deploy',
    'laptop: web tests tests (running)',
  ]);
  expect(drawn('service', home, work)).toEqual([
    'Failed: deploy',
    'home.example: web tests (running)',
    'work.example: tests (idle)',
  ]);
});

test('machine names that look the same are one group, and a machine named like a section has its own group', () => {
  const list = listed('home', {
    a: { host: 'build\u200b' },
    b: { host: 'build', is: 'failed' },
    c: { host: 'failed' },
    d: { host: ' ' },
  });
  expect(drawn('machine', list)).toEqual([
    'Failed: b',
    'build: a (idle)',
    'failed: c (idle)',
    'Unknown machine: d (idle)',
  ]);
  const ids = groupsOf([list], 'machine').map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('grouping by service needs several services', () => {
  expect(groupingOf('service', 1)).toBe('status');
  expect(groupingOf('service', 2)).toBe('service');
  expect(groupingOf('tag', 1)).toBe('tag');
});

test('a folded group counts as one row, and agents that need attention are never folded', () => {
  const list = listed('home', FLEET);
  const groups = groupsOf([list], 'tag');
  const all = new Set(groups.map(({ id }) => id));
  const shown = (folded: ReadonlySet<string>, room: number) => {
    const { groups: some, below } = firstRows(groups, folded, room);
    return [some.map(({ title, shown: rows }) => `${title} ${rows.length}`), below];
  };
  expect(shown(new Set(), 30)).toEqual([['Failed 1', 'backend 2', 'docs 1', 'No tag 2'], 0]);
  expect(shown(all, 30)).toEqual([['Failed 1', 'backend 0', 'docs 0', 'No tag 0'], 0]);
  expect(shown(new Set(), 2)).toEqual([['Failed 1', 'backend 1'], 4]);
  expect(shown(new Set(['tag/backend']), 2)).toEqual([['Failed 1', 'backend 0'], 3]);
});

const word = fc.constantFrom('a', 'b', 'c', 'failed', '');
const made = fc.record({
  host: word,
  tags: fc.array(word.filter(Boolean), { maxLength: 3 }),
  is: fc.constantFrom('idle', 'running', 'failed'),
  isTakenCareOf: fc.boolean(),
}) satisfies fc.Arbitrary<Made>;
const agents = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), made, { maxKeys: 12 });

test('each agent is in exactly one group, and the order does not depend on other groups', () => {
  fc.assert(
    fc.property(agents, agents, fc.constantFrom(...BYS), (home, work, by) => {
      const lists = [listed('home', home), listed('work', work)];
      const groups = groupsOf(lists, by);
      const keys = (of: typeof groups) =>
        of.flatMap(({ rows }) => rows.map(({ service, row }) => `${service} ${row.agent}`));
      const all = lists.flatMap(({ service, sections }) =>
        sections.flatMap(({ rows }) => rows.map(({ agent }) => `${service} ${agent}`)),
      );
      expect(keys(groups).toSorted()).toEqual(all.toSorted());
      expect(new Set(groups.map(({ id }) => id)).size).toBe(groups.length);
      expect(groups.every(({ rows }) => rows.length > 0)).toBe(true);
      // ids of groups that can be folded fit into the setting
      expect(FIELDS.folded.read(groups.map(({ id }) => id))).toBeDefined();
      // groups that nobody is on come before those that can be folded
      const calm = groups.findIndex(({ urgent }) => urgent === undefined);
      const later = calm < 0 ? [] : groups.slice(calm);
      for (const { rows, urgent } of later) {
        expect(urgent).toBeUndefined();
        expect(
          rows.every(
            ({ row, section }) => section !== 'failed' || row.acknowledgedBy !== undefined,
          ),
        ).toBe(true);
      }
      // deterministic, and a search keeps the order
      expect(keys(groupsOf(lists, by))).toEqual(keys(groups));
      const some = lists.map((list) => ({
        ...list,
        sections: list.sections.map((section) => ({
          ...section,
          rows: section.rows.filter(({ agent }) => agent.includes('a')),
        })),
      }));
      const found = keys(groupsOf(some, by));
      expect(keys(groups).filter((key) => found.includes(key))).toEqual(found);
    }),
  );
});
