import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PastConnection } from '../../protocol/wire/connections.ts';
import { uptimeOf } from '../../protocol/wire/connections.ts';

const NOW_MS = Date.parse('2026-01-31T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const at = (hoursAgo: number) => new Date(NOW_MS - hoursAgo * HOUR_MS).toISOString();

function connection(from: number, to?: number): PastConnection {
  const end = to === undefined ? {} : { disconnectedAt: at(to), reason: 'goodbye' as const };
  return { seq: 1, runner: 'r', generation: 1, connectedAt: at(from), ...end };
}

test.each<[string, PastConnection[], number | undefined, number]>([
  ['connected all the time', [connection(100)], 1, 10],
  ['connected for half of the window', [connection(20, 15), connection(5)], 0.5, 10],
  ['a connection from before the window', [connection(20, 5)], 0.5, 10],
  ['an agent that is younger than the window', [connection(4, 3), connection(1)], 0.5, 4],
  ['never connected', [], undefined, 0],
])('uptime: %s', (_name, connections, share, sinceHoursAgo) => {
  const uptime = uptimeOf(connections, NOW_MS, 10 * HOUR_MS);
  expect(uptime?.share).toEqual(share === undefined ? undefined : expect.closeTo(share));
  if (uptime) expect(uptime.since).toBe(at(sinceHoursAgo));
});

test('uptime is from 0 to 1, even if clocks disagree', () => {
  const hours = fc.integer({ min: -20, max: 20 });
  fc.assert(
    fc.property(fc.array(fc.tuple(hours, fc.option(hours, { nil: undefined }))), (spans) => {
      const connections = spans.map(([from, to]) => connection(from, to));
      const share = uptimeOf(connections, NOW_MS, 10 * HOUR_MS)?.share ?? 0;
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }),
  );
});
