/** The streams with one filter: they share a ring of encoded events. */
import type { LogFilter } from '../log/store.ts';
import type { RingOptions } from './ring.ts';
import { Ring } from './ring.ts';

export class Channel {
  readonly filter: LogFilter;
  readonly ring: Ring;
  /** Open streams. */
  readers = 0;

  constructor(filter: LogFilter, ring: RingOptions) {
    this.filter = filter;
    this.ring = new Ring(ring);
  }
}
