import { once } from 'node:events';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Channel } from '../../../service/stream/channel.ts';
import { descriptorOf, isClosed, writeDirectly } from '../../../service/stream/direct-write.ts';
import { EVERYTHING } from '../../../service/stream/filter.ts';
import { eventually } from '../../support/eventually.ts';
import { received, socketPair } from '../../support/socket-pair.ts';

function readerOf(socket: Socket) {
  const channel = new Channel({
    filter: EVERYTHING,
    ringBytes: 1_000,
    slabBytes: 100,
    headSeq: 0,
    onBehind: () => {},
    delivered: { events: 0, bytes: 0 },
    nowMs: () => 1,
  });
  return channel.add({ socket, kind: 'watcher', cursorSeq: 0, once: false });
}

/** Bytes of which each tells its place. */
function numbered(from: number, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, index) => (from + index) % 251));
}

test('what the kernel takes is written at once, and nothing waits', async () => {
  const { near, far } = await socketPair();
  const got = received(far);
  const reader = readerOf(near);
  reader.channel.send(reader, Buffer.from('one '));
  reader.channel.send(reader, Buffer.from('two'));
  expect(near.writableLength).toBe(0);
  expect(near.bytesWritten).toBe(0);
  await eventually(() => got().toString() === 'one two', 'both');
});

test('what is queued in the socket is not overtaken', async () => {
  const { near, far } = await socketPair();
  const got = received(far);
  const reader = readerOf(near);
  near.cork();
  near.write('head ');
  reader.channel.send(reader, Buffer.from('one '));
  near.uncork();
  reader.channel.send(reader, Buffer.from('two'));
  await eventually(() => got().toString() === 'head one two', 'all in order');
});

test('what the kernel does not take follows, in order, and the reader counts as blocked until then', async () => {
  const { near, far } = await socketPair();
  const reader = readerOf(near);
  near.on('drain', () => (reader.blockedSinceMs = undefined));
  const piece = 100_000;
  let sent = 0;
  while (reader.blockedSinceMs === undefined) {
    reader.channel.send(reader, numbered(sent, piece));
    sent += piece;
  }
  expect(near.writableLength).toBeGreaterThan(0);
  const got = received(far);
  await eventually(() => reader.blockedSinceMs === undefined, 'the socket to drain');
  reader.channel.send(reader, numbered(sent, piece));
  sent += piece;
  await eventually(() => got().length === sent, 'all of it');
  expect(got().equals(numbered(0, sent))).toBe(true);
});

test('a socket that is destroyed is closed at once, and whoever has its descriptor next gets nothing', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const { near } = await socketPair();
  const reader = readerOf(near);
  reader.channel.send(reader, Buffer.from('hello'));
  const descriptor = descriptorOf(near);
  expect(reader.descriptor).toBe(descriptor);
  near.destroy();
  expect(isClosed(near)).toBe(true);
  const opened: number[] = [];
  onTestFinished(() => opened.forEach((fd) => closeSync(fd)));
  // the lowest that is free is given first
  while (opened.at(-1) !== descriptor && opened.length < 100) {
    opened.push(openSync(join(dir, 'another'), 'w'));
  }
  expect(opened.at(-1)).toBe(descriptor);
  reader.channel.send(reader, Buffer.from('secret'));
  expect(fstatSync(descriptor as number).size).toBe(0);
});

test('a connection that is reset takes nothing, and its socket tells', async () => {
  const { near, far } = await socketPair();
  const closed = new Promise((resolve) => near.on('close', resolve));
  far.resetAndDestroy();
  await once(far, 'close');
  const reader = readerOf(near);
  await eventually(() => {
    reader.channel.send(reader, Buffer.from('to nobody'));
    return isClosed(near);
  }, 'the reset to be seen');
  await closed;
  expect(descriptorOf(near)).toBeUndefined();
});

test('an encrypted socket has no descriptor to write to: what is sent must be encrypted first', async () => {
  const { near } = await socketPair();
  expect(descriptorOf(near)).toBeTypeOf('number');
  Object.assign(near, { encrypted: true });
  expect(descriptorOf(near)).toBeUndefined();
});

test('a full connection takes a part, and then nothing', async () => {
  const { near } = await socketPair();
  const descriptor = descriptorOf(near) as number;
  const much = Buffer.alloc(50_000_000);
  const taken = writeDirectly(descriptor, much);
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(much.length);
  expect(writeDirectly(descriptor, much)).toBe(0);
});
