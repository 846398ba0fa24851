import { expect, test } from 'vitest';
import { problemTypeOf, toProblemBody } from '../../protocol/wire/problem.ts';

test('a problem becomes a body after RFC 9457, whose standard members can’t be overridden', () => {
  const body = toProblemBody({
    type: 'already-running',
    detail: 'Wait for it.',
    extra: { run: 'r', status: 200, type: 'other' },
  });
  expect(body).toEqual({
    type: '/problems/already-running',
    title: 'The agent is already running',
    status: 409,
    detail: 'Wait for it.',
    run: 'r',
  });
  expect(problemTypeOf(body)).toBe('already-running');
});

test.each([
  undefined,
  null,
  'text',
  {},
  { type: 7 },
  { type: 'about:blank' },
  { type: '/problems/' },
  { type: '/problems/constructor' },
  { type: '/problems/of-a-newer-service' },
])('%j is not a known problem', (body) => {
  expect(problemTypeOf(body)).toBeUndefined();
});
