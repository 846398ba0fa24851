import { expect, test } from 'vitest';
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS, backoffMs } from '../../service/runner/link/backoff.ts';
import {
  isPassing,
  ProblemError,
  UnreachableError,
} from '../../service/runner/link/service-error.ts';

const least = () => 0;
const most = () => 1;

function problem(status: number, more: Partial<ProblemError> = {}): ProblemError {
  const options = { type: undefined, detail: 'no', extra: {}, retryAfterMs: undefined };
  return new ProblemError({ ...options, ...more, status });
}

test('waits at random between nothing and a bound that doubles up to the cap', () => {
  expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, most))).toEqual([250, 500, 1_000, 2_000]);
  expect(backoffMs(0, least)).toBe(0);
  expect(backoffMs(0, () => 0.5)).toBe(BACKOFF_BASE_MS / 2);
  expect(backoffMs(1_000, most)).toBe(BACKOFF_CAP_MS);
});

test('never waits less than the service asked for', () => {
  const busy = problem(503, { retryAfterMs: 7_000 });
  expect(backoffMs(0, least, busy)).toBe(7_000);
  expect(backoffMs(0, most, busy)).toBe(7_000 + BACKOFF_BASE_MS);
});

test.each([
  [new UnreachableError('gone'), true],
  [problem(500, { type: 'internal' }), true],
  [problem(503, { type: 'unavailable' }), true],
  [problem(429, { type: 'rate-limited' }), true],
  [problem(502), true],
  [problem(404), true],
  [problem(409, { type: 'agent-busy' }), true],
  [problem(404, { type: 'unknown-agent' }), true],
  [problem(401, { type: 'unauthorized' }), false],
  [problem(403, { type: 'not-owner' }), false],
  [problem(403), false],
  [problem(400, { type: 'invalid-request' }), false],
  [problem(409, { type: 'run-finished' }), false],
  [new TypeError('a mistake of ours'), false],
])('knows whether trying %o again can help', (error, expected) => {
  expect(isPassing(error)).toBe(expected);
});
