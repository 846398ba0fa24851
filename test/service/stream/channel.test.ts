import { expect, test, vi } from 'vitest';
import type { Reader } from '../../../service/stream/channel.ts';
import { Channel } from '../../../service/stream/channel.ts';
import { EVERYTHING } from '../../../service/stream/filter.ts';
import { eventually } from '../../support/eventually.ts';
import { received, socketPair } from '../../support/socket-pair.ts';

function makeChannel({ ringBytes = 300, slabBytes = 100 } = {}) {
  const behind: Reader[] = [];
  const channel = new Channel({
    filter: EVERYTHING,
    ringBytes,
    slabBytes,
    headSeq: 0,
    onBehind: (reader) => behind.push(reader),
    delivered: { events: 0, bytes: 0 },
    nowMs: () => 1,
  });
  return { channel, behind };
}

/** A reader that has all there is, and what its client has got. */
async function follow(channel: Channel, { once = false } = {}) {
  const { near, far } = await socketPair();
  const reader = channel.add({ socket: near, kind: 'watcher', cursorSeq: 0, once });
  reader.offset = channel.ring.end;
  return { reader, far, got: received(far) };
}

test('readers at the same place share one view of the ring, each time', async () => {
  const { channel } = makeChannel();
  const clients = await Promise.all([follow(channel), follow(channel), follow(channel)]);
  const read = vi.spyOn(channel.ring, 'read');
  for (const frame of ['one ', 'two ', 'three']) {
    read.mockClear();
    channel.ring.append(1, frame);
    for (const { reader } of clients) channel.pump(reader);
    expect(read).toHaveBeenCalledOnce();
  }
  for (const { got } of clients) {
    await eventually(() => got().toString() === 'one two three', 'all of it');
  }
});

test('a reader that follows goes on over the end of a slab', async () => {
  const { channel } = makeChannel();
  const { reader, got } = await follow(channel);
  const frames = ['a', 'b', 'c'].map((letter) => letter.repeat(60));
  frames.forEach((frame, index) => channel.ring.append(index + 1, frame));
  channel.pump(reader);
  expect(reader.cursorSeq).toBe(3);
  await eventually(() => got().toString() === frames.join(''), 'all of it');
});

test('one whose next event is gone from the ring is fed from elsewhere', async () => {
  const { channel, behind } = makeChannel();
  const { reader } = await follow(channel);
  for (let seq = 1; seq <= 9; seq += 1) channel.ring.append(seq, 'x'.repeat(60));
  channel.pump(reader);
  expect(behind).toEqual([reader]);
  expect(reader.offset).toBeUndefined();
});

test('one that wanted to catch up once ends when it has', async () => {
  const { channel } = makeChannel();
  const { reader, far, got } = await follow(channel, { once: true });
  channel.ring.append(1, 'all there is');
  channel.pump(reader);
  expect(channel.isEmpty).toBe(true);
  await eventually(() => far.readableEnded, 'the end');
  expect(got().toString()).toBe('all there is');
});

test('what waits in a socket is not written over as the ring goes on', async () => {
  const { channel } = makeChannel({ ringBytes: 2_000_000, slabBytes: 500_000 });
  const { reader, far, got } = await follow(channel);
  far.pause();
  const frames: string[] = [];
  const append = () => {
    const frame = `<${frames.length}>`.padEnd(50_000, '.');
    channel.ring.append(frames.push(frame), frame);
  };
  while (reader.blockedSinceMs === undefined) {
    append();
    channel.pump(reader);
  }
  const handed = frames.join('');
  for (let more = 0; more < 100; more += 1) append();
  far.resume();
  await eventually(() => got().length === handed.length, 'all that was handed over');
  expect(got().toString() === handed).toBe(true);
});
