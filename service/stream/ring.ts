/**
 * The newest part of a stream, encoded once and kept in slabs: what live readers are sent and what
 * reconnecting ones replay, without any work per event and reader.
 *
 * Positions are absolute byte offsets that only grow. A frame never crosses slabs, so that whatever lies
 * between an offset and the end of its slab is one contiguous view, shared by all readers.
 */

interface Slab {
  readonly bytes: Buffer;
  /** Absolute offset of its first byte. */
  readonly base: number;
  used: number;
  /** Position in the log and absolute offset of each frame, in order. */
  readonly seqs: number[];
  readonly offsets: number[];
}

/** A run of whole frames. The view stays valid as long as somebody holds it. */
export interface Slice {
  readonly bytes: Buffer;
  /** Position of its last event. */
  readonly lastSeq: number;
  readonly events: number;
}

export interface RingOptions {
  /** Bytes of all slabs together beyond which the oldest is dropped. */
  readonly maxBytes: number;
  /** Bytes of one slab; a larger frame gets a slab of its own. */
  readonly slabBytes: number;
  /** Everything behind this position will be in the ring. */
  readonly afterSeq: number;
}

export class Ring {
  readonly #maxBytes: number;
  readonly #slabBytes: number;
  readonly #slabs: Slab[] = [];
  #bytes = 0;
  /** Events up to this position may be missing here. */
  #floorSeq: number;
  #end = 0;

  constructor({ maxBytes, slabBytes, afterSeq }: RingOptions) {
    this.#maxBytes = maxBytes;
    this.#slabBytes = slabBytes;
    this.#floorSeq = afterSeq;
  }

  /** Absolute offset behind the newest frame. */
  get end(): number {
    return this.#end;
  }

  append(seq: number, frame: string): void {
    const length = Buffer.byteLength(frame);
    let slab = this.#slabs.at(-1);
    if (!slab || slab.bytes.length - slab.used < length) {
      slab = this.#addSlab(Math.max(length, this.#slabBytes));
    }
    slab.seqs.push(seq);
    slab.offsets.push(this.#end);
    slab.bytes.write(frame, slab.used);
    slab.used += length;
    this.#end += length;
  }

  /** Where a reader that has everything up to `seq` goes on; undefined when some of that is gone from here. */
  offsetAfter(seq: number): number | undefined {
    if (seq < this.#floorSeq) return undefined;
    // most readers are near the end
    for (let at = this.#slabs.length - 1; at >= 0; at -= 1) {
      const slab = this.#slabs[at] as Slab;
      if ((slab.seqs[0] as number) > seq) continue;
      const index = firstAbove(slab.seqs, seq);
      return slab.offsets[index] ?? slab.base + slab.used;
    }
    return this.#slabs[0]?.base ?? this.#end;
  }

  /** What follows `offset`, to the end of its slab. Undefined when it has been dropped. */
  read(offset: number): Slice | undefined {
    if (offset === this.#end) return NOTHING;
    for (let at = this.#slabs.length - 1; at >= 0; at -= 1) {
      const slab = this.#slabs[at] as Slab;
      if (slab.base > offset) continue;
      const bytes = slab.bytes.subarray(offset - slab.base, slab.used);
      const first = firstAbove(slab.offsets, offset - 1);
      const events = slab.seqs.length - first;
      return { bytes, lastSeq: slab.seqs.at(-1) as number, events };
    }
    return undefined;
  }

  #addSlab(bytes: number): Slab {
    const slab: Slab = {
      bytes: Buffer.allocUnsafeSlow(bytes),
      base: this.#end,
      used: 0,
      seqs: [],
      offsets: [],
    };
    this.#slabs.push(slab);
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes && this.#slabs.length > 1) {
      const dropped = this.#slabs.shift() as Slab;
      this.#bytes -= dropped.bytes.length;
      this.#floorSeq = dropped.seqs.at(-1) ?? this.#floorSeq;
    }
    return slab;
  }
}

const NOTHING: Slice = { bytes: Buffer.alloc(0), lastSeq: 0, events: 0 };

/** Index of the first number above `limit` in an ascending array; its length when there is none. */
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
