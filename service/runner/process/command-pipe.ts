import type { Readable } from 'node:stream';

/** Processes that outlive the command can keep its output open. After so many quiet polls it is closed. */
const MAX_QUIET_POLLS = 12;
const POLL_MS = 20;

/** Reads one pipe of a command, with backpressure: it waits for the receiver before it continues. */
export class CommandPipe {
  readonly #stream: Readable;
  #busy = false;
  #quietPolls = 0;

  /** @param handle if it returns a promise, the pipe is paused until that settles. */
  constructor(stream: Readable, handle: (chunk: Buffer) => Promise<unknown> | undefined) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#quietPolls = 0;
      const handled = handle(chunk);
      if (handled) this.#pauseUntil(handled);
    });
    // 'close' follows an error as well, and nothing else can be done about a broken pipe
    stream.on('error', () => {});
  }

  /** Call it when the command has ended. Resolves when its output is handled, even if other processes keep the pipe. */
  async drained(): Promise<void> {
    if (this.#stream.closed) return;
    const closed = new Promise((resolve) => this.#stream.once('close', resolve));
    // counts polls instead of time, because unread output arrives between two polls
    const timer = setInterval(() => {
      this.#quietPolls = this.#busy ? 0 : this.#quietPolls + 1;
      if (this.#quietPolls > MAX_QUIET_POLLS) this.#stream.destroy();
    }, POLL_MS);
    await closed;
    clearInterval(timer);
  }

  /** Closes the pipe, so that the command's next write fails. */
  break(): void {
    this.#stream.destroy();
  }

  #pauseUntil(handled: Promise<unknown>): void {
    this.#busy = true;
    this.#stream.pause();
    void handled.finally(() => {
      this.#busy = false;
      this.#stream.resume();
    });
  }
}
