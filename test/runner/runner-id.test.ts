import { expect, test } from 'vitest';
import { agentIdSchema, runnerIdSchema } from '../../protocol/wire/ids.ts';
import { runnerIdFor, runnerIdOnce, slug } from '../../service/runner/link/runner-id.ts';
import { freeId } from '../../service/runner/wrap/wrap-link.ts';

test.each([
  ['Unit tests', 'unit-tests'],
  ['  Unit — tests (fast!)  ', 'unit-tests-fast'],
  ['Prüfung Æ', 'prufung'],
  ['.hidden_file', 'hidden_file'],
  ['日本', ''],
  [`${'a'.repeat(62)} b`, 'a'.repeat(62)],
])('makes an id of the name %j', (name, expected) => {
  expect(slug(name, 63)).toBe(expected);
  expect(agentIdSchema.safeParse(expected).success).toBe(expected !== '');
});

test('a configuration has the same runner id after a restart, and another one elsewhere', () => {
  const id = runnerIdFor('My-Laptop.local', '/home/me/agentlight.config.json');
  expect(id).toMatch(/^my-laptop\.local-[0-9a-f]{8}$/);
  expect(runnerIdFor('My-Laptop.local', '/home/me/agentlight.config.json')).toBe(id);
  expect(runnerIdFor('My-Laptop.local', '/home/you/agentlight.config.json')).not.toBe(id);
});

test('every runner id is one that the protocol allows', () => {
  for (const host of ['', '日本', 'h'.repeat(200), '-a-', 'x.y']) {
    expect(runnerIdSchema.safeParse(runnerIdFor(host, '/x')).success).toBe(true);
    expect(runnerIdSchema.safeParse(runnerIdOnce(host, '00ff00ff')).success).toBe(true);
  }
});

test('an agent id that another runner holds gets a number', () => {
  const agent = (
    id: string,
    liveness: 'live' | 'stale' | 'offline' | 'ended',
    runner = 'other',
  ) => ({
    id,
    liveness,
    runner,
    name: id,
    owner: 'owner',
    capabilities: [],
    livenessSeq: 1,
    lastSeenAt: '2026-01-01T00:00:00.000Z',
    generation: 1,
    runs: [],
    recent: [],
  });
  expect(freeId('build', 'mine', [])).toBe('build');
  expect(freeId('build', 'mine', [agent('build', 'ended'), agent('x', 'live')])).toBe('build');
  expect(freeId('build', 'mine', [agent('build', 'live', 'mine')])).toBe('build');
  expect(freeId('build', 'mine', [agent('build', 'live'), agent('build-2', 'stale')])).toBe(
    'build-3',
  );
  const long = 'b'.repeat(63);
  expect(freeId(long, 'mine', [agent(long, 'live')])).toBe(`${'b'.repeat(61)}-2`);
});
