import { expect, test } from 'vitest';
import type { EventType } from '../../protocol/events/event.ts';
import { EVENT_KINDS, reportSchema } from '../../protocol/events/event.ts';
import { nameSchema } from '../../protocol/events/kind.ts';
import { agentIdSchema, uuidSchema } from '../../protocol/wire/ids.ts';

const TYPES = Object.keys(EVENT_KINDS) as EventType[];

test.each(TYPES)('%s: the example is valid, and an unknown field is refused', (type) => {
  const { schema, example } = EVENT_KINDS[type];
  expect(schema.safeParse(example).error).toBeUndefined();
  expect(schema.safeParse({ ...example, surprise: 1 }).success).toBe(false);
});

test.each(TYPES)('%s has a dot and only lower-case letters', (type) => {
  expect(type).toMatch(/^[a-z]+\.[a-z_]+$/);
});

test.each([
  ['a', true],
  ['unit-tests.fast_2', true],
  ['a'.repeat(63), true],
  ['a'.repeat(64), false],
  ['', false],
  ['Unit', false],
  ['-a', false],
  ['.a', false],
  ['a/b', false],
  ['a b', false],
  ['ä', false],
  ['__proto__', false],
  ['constructor', false],
])('agent id %j is valid: %s', (id, valid) => {
  expect(agentIdSchema.safeParse(id).success).toBe(valid);
});

test.each([
  ['Unit tests', true],
  ['日本語のテスト', true],
  ['', false],
  ['a'.repeat(121), false],
  ['line\nbreak', false],
  ['bell\u0007', false],
  ['right-to-left \u202e override', false],
  ['zero\u200bwidth', false],
])('name %j is valid: %s', (name, valid) => {
  expect(nameSchema.safeParse(name).success).toBe(valid);
});

test('a UUID is accepted in any case and stored in lower case', () => {
  expect(uuidSchema.parse('0198C2F4-5B7E-7C1A-9D2E-3F4A5B6C7D8E')).toBe(
    '0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e',
  );
});

test.each([
  ['2026-01-31T12:00:00.000Z', true],
  ['2026-01-31T12:00:00Z', true],
  ['2026-01-31T12:00:00+01:00', false],
  ['2026-01-31', false],
  ['1999-12-31T23:59:59Z', false],
  ['yesterday', false],
])('event time %j is valid: %s', (time, valid) => {
  const events = [{ type: 'run.started', agent: 'a', time }];
  expect(reportSchema.safeParse({ events }).success).toBe(valid);
});
