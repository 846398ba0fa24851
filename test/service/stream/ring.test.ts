import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ring } from '../../../service/stream/ring.ts';

interface Frame {
  readonly seq: number;
  readonly text: string;
}

/** Frames with ascending positions, with gaps as a filter leaves them. */
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

test('the ring gives exactly the frames after a position, or none if some were dropped', () => {
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

test('the newest frames are kept, and the oldest are dropped', () => {
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

test('a slice that was read stays as it is while the ring goes on', () => {
  const ring = new Ring({ maxBytes: 400, slabBytes: 200, afterSeq: 0 });
  ring.append(1, 'one '.padEnd(90, '.'));
  const slice = ring.read(0);
  const text = slice?.bytes.toString();
  for (let seq = 2; seq <= 50; seq += 1) ring.append(seq, `${seq} `.padEnd(90, '-'));
  expect(ring.read(0)).toBeUndefined();
  expect(slice?.bytes.toString()).toBe(text);
});

test('the ring knows nothing of events before it began', () => {
  const ring = new Ring({ maxBytes: 600, slabBytes: 200, afterSeq: 10 });
  expect(ring.offsetAfter(9)).toBeUndefined();
  expect(ring.offsetAfter(10)).toBe(0);
  expect(ring.read(0)?.bytes.length).toBe(0);
});

function readAll(ring: Ring, from: number | undefined) {
  if (from === undefined) throw new Error('it was dropped');
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
