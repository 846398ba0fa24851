import type { Readable } from 'node:stream';

/** After the command ended, processes that it left behind may hold its output open: so often it is looked again … */
const LOOKS = 12;
/** … in this rhythm. */
const LOOK_MS = 20;

/** Hands on what comes through one pipe, and waits for the receiver before it reads on. */
export class CommandPipe {
  readonly #stream: Readable;
  #busy = false;
  #quietLooks = 0;

  /** @param handle a promise holds the pipe back until it settles. */
  constructor(stream: Readable, handle: (chunk: Buffer) => Promise<unknown> | undefined) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#quietLooks = 0;
      const handled = handle(chunk);
      if (handled) this.#holdBack(handled);
    });
    // 'close' follows an error as well, and there is nothing else to do about a broken pipe
    stream.on('error', () => {});
  }

  /** Once the command is gone: resolves when its output has been handed on, however long leftovers keep the pipe. */
  async drained(): Promise<void> {
    if (this.#stream.closed) return;
    const closed = new Promise((resolve) => this.#stream.once('close', resolve));
    // counted in looks, not by the clock: each look is a turn in which unread output would have been read
    const timer = setInterval(() => {
      this.#quietLooks = this.#busy ? 0 : this.#quietLooks + 1;
      if (this.#quietLooks > LOOKS) this.#stream.destroy();
    }, LOOK_MS);
    await closed;
    clearInterval(timer);
  }

  /** Breaks the pipe, as the end of a reader does: the command's next write fails. */
  break(): void {
    this.#stream.destroy();
  }

  #holdBack(handled: Promise<unknown>): void {
    this.#busy = true;
    this.#stream.pause();
    void handled.finally(() => {
      this.#busy = false;
      this.#stream.resume();
    });
  }
}
