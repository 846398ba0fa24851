/** Writes a command's output to our stdout or stderr, byte for byte. */
import { createWriteStream, fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

/**
 * Our stdout (1) or stderr (2). Files get a stream that notices when a full disk took only a part of a write, which
 * `process.stdout` does not.
 */
export function ownOutput(fd: 1 | 2): Writable {
  const stream = fd === 1 ? process.stdout : process.stderr;
  if (stream.isTTY) return stream;
  const kind = fstatSync(fd);
  const isFile = kind.isFile() || kind.isCharacterDevice();
  return isFile ? createWriteStream('', { fd, autoClose: false }) : stream;
}

export class PassThrough {
  readonly #out: Writable;
  #error: NodeJS.ErrnoException | undefined;

  /** @param onBroken called when nothing more can be written: the reader has gone, or the disk is full. */
  constructor(out: Writable, onBroken: () => void) {
    this.#out = out;
    out.on('error', (error) => {
      this.#error ??= error;
      onBroken();
    });
  }

  /** Why a part of the output is missing. A reader that went away (`| head`) wanted no more, so it is no reason. */
  get failure(): Error | undefined {
    return this.#error?.code === 'EPIPE' ? undefined : this.#error;
  }

  /** @returns a promise if the reader is slower than the command; wait for it before the next write. */
  write(chunk: Buffer): Promise<void> | undefined {
    if (this.#error || this.#out.write(chunk)) return undefined;
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
    if (this.#error || this.#out.writableLength === 0) return;
    await new Promise<void>((resolve) => this.#out.write('', () => resolve()));
  }
}
