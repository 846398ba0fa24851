import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Agent } from '../../protocol/fleet/fleet.ts';
import type { View } from '../../extension/shared/view.ts';
import { firstView, readView, writeView } from '../../extension/shared/view.ts';

const VIEW: View = {
  ...firstView(1_000),
  fleet: {
    seq: 3,
    agents: {
      a: { id: 'a', name: 'A', capabilities: [], runs: [], recent: [] } as object as Agent,
    },
    runs: {},
  },
  cursor: 'e.3',
  outbox: [{ id: 'n', title: 'A failed', message: '' }],
  problems: [{ error: 'silent', atMs: 5 }],
};

/** The view as it is stored, but for this. */
const stored = (changes: object) =>
  JSON.stringify({ ...(JSON.parse(writeView(VIEW)) as object), ...changes });

test('what is written is read again', () => {
  expect(readView(writeView(VIEW))).toMatchObject(VIEW);
  expect(readView(writeView(firstView(7)))).toMatchObject(firstView(7));
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['an object, as early versions stored it', VIEW],
  ['text that is no JSON', '{"fleet":'],
  ['JSON that is no view', '[]'],
  ['nothing in JSON', 'null'],
  ['a view of before there were versions', JSON.stringify(VIEW)],
  ['a view of another version', stored({ version: 0 })],
  ['no fleet', stored({ fleet: null })],
  ['a fleet without a position', stored({ fleet: { agents: {}, runs: {} } })],
  ['an agent that is none', stored({ fleet: { seq: 3, agents: { a: null }, runs: {} } })],
  [
    'an agent without its runs',
    stored({ fleet: { seq: 3, agents: { a: { id: 'a', name: 'A' } }, runs: {} } }),
  ],
  ['no runs', stored({ fleet: { seq: 3, agents: {} } })],
  ['a cursor that is no text', stored({ cursor: 3 })],
  ['no connection', stored({ connection: undefined })],
  ['a time that is none', stored({ asOfMs: 'now' })],
  ['nothing in the outbox', stored({ outbox: [null] })],
  ['problems that are no list', stored({ problems: 3 })],
])('%s is no view', (_case, value) => {
  expect(readView(value)).toBeUndefined();
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readView(text)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(...Object.keys(VIEW)), (json, key) => {
      readView(stored({ [key]: JSON.parse(json) as unknown }));
    }),
  );
});
