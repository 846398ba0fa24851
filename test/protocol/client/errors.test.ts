import { expect, test } from 'vitest';
import { BACKOFF, backoffMs, SHORT_BACKOFF } from '../../../protocol/client/backoff.ts';
import {
  errorOfAnswer,
  isTemporary,
  readRetryAfter,
  ServiceError,
} from '../../../protocol/client/errors.ts';
import type { ProblemType } from '../../../protocol/wire/problem.ts';
import { PROBLEMS, toProblemBody } from '../../../protocol/wire/problem.ts';

const least = () => 0;
const most = () => 1;
const URL = 'http://127.0.0.1:4747';
const NOW_MS = Date.parse('2026-01-31T12:00:00Z');

function problem(type: ProblemType, headers: Record<string, string> = {}): ServiceError {
  const [status] = PROBLEMS[type];
  const body = toProblemBody({ type, detail: 'No.', extra: { index: 3 } });
  return errorOfAnswer(URL, new Response(null, { status, headers }), JSON.stringify(body), NOW_MS);
}

const foreign = (status: number) =>
  errorOfAnswer(URL, new Response(null, { status }), '<h1>Hello</h1>', NOW_MS);

test('waits at random between nothing and a bound that doubles up to the cap', () => {
  const bounds = [0, 1, 2, 3].map((failures) => backoffMs(BACKOFF, failures, most));
  expect(bounds).toEqual([500, 1_000, 2_000, 4_000]);
  expect(backoffMs(BACKOFF, 0, least)).toBe(0);
  expect(backoffMs(BACKOFF, 0, () => 0.5)).toBe(BACKOFF.baseMs / 2);
  expect(backoffMs(BACKOFF, 1_000, most)).toBe(BACKOFF.capMs);
  expect(backoffMs(SHORT_BACKOFF, 1_000, most)).toBe(5_000);
});

test('a wait that the service asks for is the least, and is spread', () => {
  expect(backoffMs(BACKOFF, 0, least, 7_000)).toBe(7_000);
  expect(backoffMs(BACKOFF, 0, most, 7_000)).toBe(7_000 + BACKOFF.baseMs);
});

test.each([
  ['2', 2_000],
  ['0', 0],
  ['Sat, 31 Jan 2026 12:01:30 GMT', 90_000],
  ['Saturday, 31-Jan-26 12:01:30 GMT', 90_000],
  ['Sat, 31 Jan 2026 11:00:00 GMT', 0],
  ['Sat, 31 Jan 2126 12:00:00 GMT', 86_400_000],
  ['999999999', 86_400_000],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After "%s" asks for %s ms', (header, expected) => {
  expect(readRetryAfter(header, NOW_MS)).toBe(expected);
});

test('a problem comes with its reason, its type, what to do, and its other members', () => {
  expect(problem('run-finished', { 'Retry-After': '2' })).toMatchObject({
    kind: 'refused',
    type: 'run-finished',
    status: 409,
    message: 'No.',
    extra: { index: 3 },
    retryAfterMs: 2_000,
    url: URL,
  });
});

test.each<[ServiceError, string, boolean]>([
  [problem('internal'), 'unavailable', true],
  [problem('unavailable'), 'unavailable', true],
  [problem('rate-limited'), 'rate-limited', true],
  [problem('too-many-streams'), 'rate-limited', true],
  [problem('unauthorized'), 'unauthorized', false],
  [problem('forbidden'), 'forbidden', false],
  [problem('not-owner'), 'refused', false],
  [problem('invalid-request'), 'refused', false],
  [problem('run-finished'), 'refused', false],
  [problem('agent-busy'), 'refused', true],
  [problem('unknown-agent'), 'refused', true],
  [problem('invalid-cursor'), 'refused', true],
  [foreign(502), 'unavailable', true],
  [foreign(404), 'not-agentlight', true],
  // what is not Agentlight says nothing about our token
  [foreign(401), 'not-agentlight', true],
  [foreign(403), 'not-agentlight', true],
  [new ServiceError('silent', 'Nothing came.'), 'silent', true],
  [new ServiceError('redirected', 'Elsewhere.'), 'redirected', true],
  [new ServiceError('newer-service', 'Too new.'), 'newer-service', true],
  [new ServiceError('no-access', 'No access.'), 'no-access', false],
])('%o is %s, and passes: %s', (error, kind, passes) => {
  expect(error).toMatchObject({ kind });
  expect(isTemporary(error)).toBe(passes);
});

test('a mistake of ours does not pass', () => {
  expect(isTemporary(new TypeError('a mistake of ours'))).toBe(false);
});
