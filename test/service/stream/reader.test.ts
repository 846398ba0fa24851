import { expect, test } from 'vitest';
import { Channel } from '../../../service/stream/channel.ts';
import { EVERYTHING } from '../../../service/stream/filter.ts';
import type { Replaying } from '../../../service/stream/reader.ts';
import { Reader } from '../../../service/stream/reader.ts';
import { eventually } from '../../support/eventually.ts';
import { received, socketPair } from '../../support/socket-pair.ts';

/** A channel with readers; what they ask for is noted instead of read from a database. */
function setUp({ ringBytes = 300, slabBytes = 100 } = {}) {
  const channel = new Channel(EVERYTHING, { maxBytes: ringBytes, slabBytes, afterSeq: 0 });
  const replays: Replaying[] = [];
  const delivered = { events: 0, bytes: 0 };
  const context = {
    replay: (_reader: Reader, replaying: Replaying) => void replays.push(replaying),
    fellBehind: () => {},
    delivered,
    nowMs: () => 1,
  };
  let seq = 0;
  const append = (frame: string) => channel.ring.append((seq += 1), frame);
  const open = async ({ once = false, cursorSeq = 0 } = {}) => {
    const { near, far } = await socketPair();
    const reader = new Reader({ socket: near, kind: 'watcher', channel, cursorSeq, once, context });
    return { reader, near, far, got: received(far) };
  };
  return { channel, replays, delivered, append, open };
}

const LARGE = 'x'.repeat(100_000);

/** Appends and writes until the socket takes no more. Returns everything that was written. */
function block(reader: Reader, append: (frame: string) => void): string {
  let written = '';
  while (reader.state.kind !== 'blocked') {
    written += LARGE;
    append(LARGE);
    reader.flush();
  }
  return written;
}

test('a reader whose next event is in the ring follows, over the ends of slabs', async () => {
  const { append, open, delivered } = setUp();
  const { reader, got } = await open();
  reader.resume();
  const frames = ['a', 'b', 'c'].map((letter) => letter.repeat(60));
  for (const frame of frames) append(frame);
  reader.flush();
  expect(reader.cursorSeq).toBe(3);
  expect(reader.hasCaughtUp).toBe(true);
  await eventually(() => got().toString() === frames.join(''), 'all frames');
  expect(delivered).toEqual({ events: 3, bytes: 180 });
});

test('a reader whose next event was dropped from the ring is replayed, and follows again afterwards', async () => {
  const { append, open, replays } = setUp();
  const { reader, got } = await open();
  reader.resume();
  for (let count = 0; count < 9; count += 1) append('x'.repeat(60));
  reader.flush();
  expect(replays).toEqual([reader.state]);
  reader.sendEvents(Buffer.from('from the database'), 8);
  reader.cursorSeq = 8;
  reader.resume();
  expect(reader.state.kind).toBe('following');
  await eventually(() => got().toString() === `from the database${'x'.repeat(60)}`, 'the rest');
});

test('a reader whose socket takes no more is blocked, and continues when it is drained', async () => {
  const { append, open } = setUp({ ringBytes: 100_000_000, slabBytes: 1_000_000 });
  const { reader, far, got } = await open();
  far.pause();
  reader.resume();
  let expected = block(reader, append);
  append(LARGE);
  reader.flush();
  const { cursorSeq } = reader;
  expected += LARGE;
  far.resume();
  await eventually(() => reader.cursorSeq > cursorSeq, 'the rest to be written');
  await eventually(() => got().length === expected.length, 'everything');
  expect(reader.state.kind).toBe('following');
});

test('what waits in the socket of a blocked reader stays as it is while the ring goes on', async () => {
  const { channel, open } = setUp({ ringBytes: 2_000_000, slabBytes: 500_000 });
  const { reader, far, got } = await open();
  far.pause();
  reader.resume();
  let seq = 0;
  const append = () => {
    const frame = `<${(seq += 1)}>`.padEnd(50_000, '.');
    channel.ring.append(seq, frame);
    return frame;
  };
  let written = '';
  while (reader.state.kind !== 'blocked') {
    written += append();
    reader.flush();
  }
  for (let more = 0; more < 100; more += 1) append();
  far.resume();
  await eventually(() => got().length >= written.length, 'what was written');
  expect(got().toString().startsWith(written)).toBe(true);
});

test('a replay that was blocked starts anew, so that the interrupted one sends nothing more', async () => {
  const { append, open, replays } = setUp();
  for (let count = 0; count < 9; count += 1) append('x'.repeat(60));
  const { reader, far } = await open();
  far.pause();
  reader.resume();
  const [first] = replays;
  while (reader.state.kind !== 'blocked') reader.sendEvents(Buffer.from(LARGE), 1);
  far.resume();
  await eventually(() => replays.length === 2, 'the second replay');
  expect(reader.state).toBe(replays[1]);
  expect(reader.state).not.toBe(first);
});

test('a stream that is wanted once ends when it has caught up', async () => {
  const { channel, append, open } = setUp();
  const { reader, far, got } = await open({ once: true });
  append('everything');
  reader.resume();
  expect(reader.state.kind).toBe('closed');
  expect(channel.readers).toBe(0);
  await eventually(() => far.readableEnded, 'the end');
  expect(got().toString()).toBe('everything');
});

test('an ended stream has the reason as its last message, and writes nothing afterwards', async () => {
  const { append, open } = setUp();
  const { reader, far, got } = await open();
  reader.resume();
  reader.end({ reason: 'shutdown', retryMs: 5 });
  append('too late');
  reader.flush();
  reader.send(Buffer.from('too late'));
  await eventually(() => far.readableEnded, 'the end');
  expect(got().toString()).toMatch(/^retry: \d+\nevent: bye\ndata: \{.*"shutdown".*\}\n\n$/);
});

test('a blocked stream that is ended is broken off: its reason would come too late', async () => {
  const { append, open } = setUp({ ringBytes: 100_000_000, slabBytes: 1_000_000 });
  const { reader, near, far } = await open();
  far.pause();
  reader.resume();
  block(reader, append);
  reader.end({ reason: 'shutdown', retryMs: 5 });
  expect(near.destroyed).toBe(true);
  expect(reader.state.kind).toBe('closed');
});
