import { Socket } from 'node:net';
import { setImmediate as loopTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Reader } from '../../../service/stream/channel.ts';
import { Channel } from '../../../service/stream/channel.ts';
import { FanOut } from '../../../service/stream/fan-out.ts';
import { EVERYTHING } from '../../../service/stream/filter.ts';

/** A clock that is a millisecond further each time that it is looked at, so that the event loop turns often. */
function makeFanOut() {
  let lookedAt = 0;
  const nowMs = () => (lookedAt += 1);
  const fanOut = new FanOut(nowMs);
  const channel = new Channel({
    filter: EVERYTHING,
    ringBytes: 1_000_000,
    slabBytes: 1_000_000,
    headSeq: 0,
    onBehind: () => expect.unreachable('all of it is in the ring'),
    delivered: { events: 0, bytes: 0 },
    nowMs,
  });
  let seq = 0;
  return {
    fanOut,
    channel,
    /** Its socket is not connected: what it is sent goes nowhere, and its cursor tells. */
    add(): Reader {
      const reader = channel.add({
        socket: new Socket(),
        kind: 'watcher',
        cursorSeq: seq,
        once: false,
      });
      reader.offset = channel.ring.end;
      fanOut.add(reader);
      return reader;
    },
    publish(): { readonly seq: number; readonly passedOn: Promise<void> } {
      seq += 1;
      channel.ring.append(seq, `frame ${seq}`);
      return { seq, passedOn: fanOut.begin() };
    },
  };
}

test('the event loop turns between some readers and the next', async () => {
  const { add, publish } = makeFanOut();
  const readers = Array.from({ length: 100 }, add);
  const { passedOn } = publish();
  const told = () => readers.filter(({ cursorSeq }) => cursorSeq === 1).length;
  const begun = told();
  expect(begun).toBeGreaterThan(0);
  expect(begun).toBeLessThan(50);
  await loopTurn();
  expect(told()).toBeGreaterThan(begun);
  expect(told()).toBeLessThan(100);
  await passedOn;
  expect(told()).toBe(100);
});

test('what is stored in the midst of a round goes out with the rest of it', async () => {
  const { channel, add, publish } = makeFanOut();
  const readers = Array.from({ length: 100 }, add);
  const pump = vi.spyOn(channel, 'pump');
  const first = publish();
  await loopTurn();
  const already = readers.filter(({ cursorSeq }) => cursorSeq === 1);
  const second = publish();
  await first.passedOn;
  const later = readers.filter((reader) => !already.includes(reader));
  expect(later.map(({ cursorSeq }) => cursorSeq)).toEqual(later.map(() => 2));
  await second.passedOn;
  expect(readers.map(({ cursorSeq }) => cursorSeq)).toEqual(readers.map(() => 2));
  expect(pump).toHaveBeenCalledTimes(100 + already.length);
});

test('those who have not had their turn can get it all at once', () => {
  const { fanOut, add, publish } = makeFanOut();
  const readers = Array.from({ length: 100 }, add);
  publish();
  fanOut.finish();
  expect(readers.every(({ cursorSeq }) => cursorSeq === 1)).toBe(true);
});

type Step =
  | { readonly kind: 'publish' }
  | { readonly kind: 'turn' }
  | { readonly kind: 'add' }
  | { readonly kind: 'remove'; readonly at: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>({ kind: 'publish' }, { kind: 'turn' }, { kind: 'add' }),
  fc.record({ kind: fc.constant('remove'), at: fc.nat() }),
);

test('whoever comes and goes, all who stay are told before it counts as passed on', async () => {
  const property = async (count: number, steps: readonly Step[]) => {
    const { fanOut, channel, add, publish } = makeFanOut();
    const readers = new Set(Array.from({ length: count }, add));
    const published: Promise<void>[] = [];
    for (const next of steps) {
      if (next.kind === 'publish') {
        const { seq, passedOn } = publish();
        const check = async () => {
          await passedOn;
          for (const { cursorSeq } of readers) expect(cursorSeq).toBeGreaterThanOrEqual(seq);
        };
        published.push(check());
      } else if (next.kind === 'turn') {
        await loopTurn();
      } else if (next.kind === 'add') {
        readers.add(add());
      } else {
        const reader = [...readers][next.at % Math.max(1, readers.size)];
        if (!reader) continue;
        readers.delete(reader);
        channel.remove(reader);
        fanOut.remove(reader);
      }
    }
    await Promise.all(published);
  };
  await fc.assert(fc.asyncProperty(fc.nat(60), fc.array(step, { maxLength: 40 }), property), {
    numRuns: 1_000,
  });
});
