import { expect, test } from 'vitest';
import type { WaitingRequest } from '../../../service/log/batch.ts';
import { takeBatch } from '../../../service/log/batch.ts';
import { REPORTER, reportErrors } from '../../support/log.ts';

const requestOf = (events: number): WaitingRequest => ({
  command: reportErrors('a', events),
  actor: REPORTER,
  answer: () => {},
});

test('a batch takes requests in order, until it has enough events', () => {
  const requests = [requestOf(1_000), requestOf(1_000), requestOf(1)];
  const waiting = [...requests];
  expect(takeBatch(waiting)).toEqual(requests.slice(0, 2));
  expect(takeBatch(waiting)).toEqual(requests.slice(2));
  expect(takeBatch(waiting)).toEqual([]);
});

test('a batch takes at most 256 requests', () => {
  const waiting = Array.from({ length: 300 }, () => requestOf(1));
  expect(takeBatch(waiting)).toHaveLength(256);
  expect(takeBatch(waiting)).toHaveLength(44);
});

test('a request with more events than a batch should have is a batch of its own', () => {
  const waiting = [requestOf(5_000), requestOf(1)];
  expect(takeBatch(waiting)).toHaveLength(1);
});
