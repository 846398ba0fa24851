/** Writes a command's output to our stdout or stderr, byte for byte. */
import type { Writable } from 'node:stream';

export class PassThrough {
  readonly #out: Writable;
  #isBroken = false;

  /** @param onBroken called when the reader has gone, as with `| head`. */
  constructor(out: Writable, onBroken: () => void) {
    this.#out = out;
    out.on('error', () => {
      this.#isBroken = true;
      onBroken();
    });
  }

  /** @returns a promise if the reader is slower than the command; wait for it before the next write. */
  write(chunk: Buffer): Promise<void> | undefined {
    if (this.#isBroken || this.#out.write(chunk)) return undefined;
    return new Promise((resolve) => {
      const ready = () => {
        for (const event of ['drain', 'error', 'close']) this.#out.off(event, ready);
        resolve();
      };
      for (const event of ['drain', 'error', 'close']) this.#out.on(event, ready);
    });
  }

  /** Resolves when everything is written. */
  async flushed(): Promise<void> {
    if (this.#isBroken || this.#out.writableLength === 0) return;
    await new Promise<void>((resolve) => this.#out.write('', () => resolve()));
  }
}
