import { expect, test } from 'vitest';
import type { Pending } from '../../../service/log/pending.ts';
import { PendingRequests } from '../../../service/log/pending.ts';

function reportOf(events: number): Pending {
  const event = { type: 'run.progress', agent: 'a', run: 'r', data: {} };
  return {
    command: { type: 'report', events: Array.from({ length: events }, () => event) },
    actor: { user: 'owner', token: 't' },
    settle: () => undefined,
  } as unknown as Pending;
}

/** Longer than a test may take. */
const NEVER_MS = 100_000;

test('as many requests as were awaited end the waiting, before its time', async () => {
  const pending = new PendingRequests();
  pending.add(reportOf(1));
  const reached = pending.reach(3, NEVER_MS);
  pending.add(reportOf(1));
  pending.add(reportOf(1));
  await reached;
  await pending.reach(3, NEVER_MS);
  expect(pending.length).toBe(3);
});

test('the waiting ends in time when fewer come', async () => {
  const pending = new PendingRequests();
  pending.add(reportOf(1));
  await pending.reach(2, 1);
  expect(pending.length).toBe(1);
});

test('a commit takes requests in order, until it has events enough', () => {
  const pending = new PendingRequests();
  const requests = [reportOf(1_000), reportOf(1_000), reportOf(1)];
  for (const request of requests) pending.add(request);
  expect(pending.fillsCommit).toBe(true);
  expect(pending.take()).toEqual(requests.slice(0, 2));
  expect(pending.fillsCommit).toBe(false);
  expect(pending.take()).toEqual(requests.slice(2));
  expect(pending.take()).toEqual([]);
});

test('a commit takes no more requests than it may', () => {
  const pending = new PendingRequests();
  for (let count = 0; count < 300; count += 1) pending.add(reportOf(1));
  expect(pending.fillsCommit).toBe(true);
  expect(pending.take()).toHaveLength(256);
  expect(pending.take()).toHaveLength(44);
});
