/**
 * The newest frames of a channel, encoded once: live readers are sent slices of it, and so are readers that reconnect.
 *
 * Frames lie one after the other in slabs of memory, and positions are byte offsets since the ring began, which only grow.
 * A frame never crosses slabs, so what lies between an offset and the end of its slab is one slice, shared by all readers.
 * The oldest slab is dropped when there is too much; a reader that is still being sent some of it keeps its memory alive.
 */

interface Slab {
  readonly bytes: Buffer;
  /** Offset of the first byte in the ring. */
  readonly base: number;
  used: number;
  /** For each frame, its event's position in the log and where it begins in the slab. Both ascend. */
  readonly seqs: number[];
  readonly starts: number[];
}

/** Whole frames, one after the other. */
export interface Slice {
  readonly bytes: Buffer;
  /** Position of the last event. */
  readonly lastSeq: number;
  readonly events: number;
}

export interface RingOptions {
  /** The oldest slab is dropped when all slabs together have more bytes. */
  readonly maxBytes: number;
  /** Bytes of a slab. A larger frame gets a slab of its own. */
  readonly slabBytes: number;
  /** The ring will hold every event after this position. */
  readonly afterSeq: number;
}

export class Ring {
  readonly #maxBytes: number;
  readonly #slabBytes: number;
  readonly #slabs: Slab[] = [];
  #bytes = 0;
  /** Events up to this position may be missing. */
  #floorSeq: number;
  #end = 0;

  constructor({ maxBytes, slabBytes, afterSeq }: RingOptions) {
    this.#maxBytes = maxBytes;
    this.#slabBytes = slabBytes;
    this.#floorSeq = afterSeq;
  }

  /** The offset after the newest frame. */
  get end(): number {
    return this.#end;
  }

  append(seq: number, frame: string): void {
    const length = Buffer.byteLength(frame);
    let slab = this.#slabs.at(-1);
    if (!slab || slab.bytes.length - slab.used < length) slab = this.#addSlab(length);
    slab.seqs.push(seq);
    slab.starts.push(slab.used);
    slab.bytes.write(frame, slab.used);
    slab.used += length;
    this.#end += length;
  }

  /** The offset of the first frame after position `seq`. Undefined if an event after `seq` may have been dropped. */
  offsetAfter(seq: number): number | undefined {
    if (seq < this.#floorSeq) return undefined;
    const slab = this.#slabs.findLast(({ seqs }) => (seqs[0] as number) <= seq);
    if (!slab) return this.#slabs[0]?.base ?? this.#end;
    const index = firstAbove(slab.seqs, seq);
    return slab.base + (slab.starts[index] ?? slab.used);
  }

  /** The frames from `offset` to the end of its slab; none at the end of the ring. Undefined if they were dropped. */
  read(offset: number): Slice | undefined {
    if (offset === this.#end) return NOTHING;
    const slab = this.#slabs.findLast(({ base }) => base <= offset);
    if (!slab) return undefined;
    const start = offset - slab.base;
    return {
      bytes: slab.bytes.subarray(start, slab.used),
      lastSeq: slab.seqs.at(-1) as number,
      events: slab.seqs.length - firstAbove(slab.starts, start - 1),
    };
  }

  #addSlab(minBytes: number): Slab {
    const bytes = Math.max(minBytes, this.#slabBytes);
    while (this.#slabs.length > 0 && this.#bytes + bytes > this.#maxBytes) {
      const dropped = this.#slabs.shift() as Slab;
      this.#bytes -= dropped.bytes.length;
      this.#floorSeq = dropped.seqs.at(-1) as number;
    }
    const slab = {
      bytes: Buffer.allocUnsafeSlow(bytes),
      base: this.#end,
      used: 0,
      seqs: [],
      starts: [],
    };
    this.#slabs.push(slab);
    this.#bytes += bytes;
    return slab;
  }
}

const NOTHING: Slice = { bytes: Buffer.alloc(0), lastSeq: 0, events: 0 };

/** Index of the first number above `limit` in an ascending list, or its length. */
function firstAbove(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
