import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Slice } from '../../../service/stream/ring.ts';
import { Ring } from '../../../service/stream/ring.ts';

interface Frame {
  readonly seq: number;
  readonly text: string;
}

/** Frames with growing positions, some of which a filter has left out. */
const arbitraryFrames = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 60 })), {
    maxLength: 80,
  })
  .map((steps) => {
    let seq = 10;
    return steps.map(([gap, length]): Frame => {
      seq += gap;
      return { seq, text: `<${String(seq).padEnd(length, '.')}ü>` };
    });
  });

test('a reader gets exactly what follows its position, or is told that it is gone', () => {
  fc.assert(
    fc.property(arbitraryFrames, fc.integer({ min: 5, max: 120 }), (frames, after) => {
      const ring = new Ring({ maxBytes: 600, slabBytes: 200, afterSeq: 10 });
      for (const { seq, text } of frames) ring.append(seq, text);
      const offset = ring.offsetAfter(after);
      const expected = frames.filter(({ seq }) => seq > after);
      if (offset === undefined) {
        const kept = readAll(ring, ring.offsetAfter(Number.MAX_SAFE_INTEGER));
        expect(kept.text).toBe('');
        return;
      }
      expect(readAll(ring, offset).text).toBe(expected.map(({ text }) => text).join(''));
    }),
    { numRuns: 1_000 },
  );
});

test('the newest frames are always there, and old ones go', () => {
  const ring = new Ring({ maxBytes: 600, slabBytes: 200, afterSeq: 0 });
  for (let seq = 1; seq <= 100; seq += 1) ring.append(seq, `<${seq}>`.padEnd(50));
  expect(ring.offsetAfter(99)).toBeDefined();
  expect(ring.offsetAfter(0)).toBeUndefined();
  expect(ring.offsetAfter(80)).toBeUndefined();
});

test('a frame larger than a slab is kept whole', () => {
  const ring = new Ring({ maxBytes: 4_000, slabBytes: 200, afterSeq: 0 });
  ring.append(1, 'small');
  ring.append(2, 'x'.repeat(2_000));
  ring.append(3, 'small');
  expect(readAll(ring, ring.offsetAfter(1)).text).toBe(`${'x'.repeat(2_000)}small`);
});

test('what somebody holds stays as it was', () => {
  const arbitraryStep = fc.constantFrom('append', 'hold', 'release');
  fc.assert(
    fc.property(fc.array(arbitraryStep, { maxLength: 200 }), (steps) => {
      const ring = new Ring({ maxBytes: 400, slabBytes: 200, afterSeq: 0 });
      const held: { slice: Slice; text: string; release: () => void }[] = [];
      for (const [seq, step] of steps.entries()) {
        if (step === 'append') ring.append(seq, `<${seq}>`.padEnd(90, '.'));
        if (step === 'release') held.shift()?.release();
        const offset = ring.offsetAfter(seq - 5);
        const slice = offset === undefined ? undefined : ring.read(offset);
        if (step === 'hold' && slice) {
          held.push({ slice, text: slice.bytes.toString(), release: slice.hold() });
        }
        for (const { slice: earlier, text } of held) expect(earlier.bytes.toString()).toBe(text);
      }
    }),
    { numRuns: 500 },
  );
});

test('the memory of what nobody holds is used again', () => {
  const ring = new Ring({ maxBytes: 600, slabBytes: 200, afterSeq: 0 });
  const buffers = new Set<unknown>();
  const fill = () => {
    for (let seq = 0; seq < 100; seq += 1) {
      const offset = ring.end;
      ring.append(seq, 'frame'.repeat(30));
      buffers.add(ring.read(offset)?.bytes.buffer);
    }
  };
  fill();
  expect(buffers.size).toBe(3);
  const release = ring.read(ring.offsetAfter(98) as number)?.hold();
  fill();
  expect(buffers.size).toBe(4);
  release?.();
  fill();
  expect(buffers.size).toBe(4);
});

test('a position before the beginning is gone, the beginning itself is not', () => {
  const ring = new Ring({ maxBytes: 600, slabBytes: 200, afterSeq: 10 });
  expect(ring.offsetAfter(9)).toBeUndefined();
  expect(ring.offsetAfter(10)).toBe(0);
  expect(ring.read(0)?.bytes.length).toBe(0);
});

function readAll(ring: Ring, from: number | undefined) {
  if (from === undefined) throw new Error('it is gone');
  let offset = from;
  let text = '';
  let lastSeq = 0;
  while (offset !== ring.end) {
    const slice = ring.read(offset);
    if (!slice) throw new Error(`nothing at ${offset}`);
    text += slice.bytes.toString();
    offset += slice.bytes.length;
    lastSeq = slice.lastSeq;
  }
  return { text, lastSeq };
}
