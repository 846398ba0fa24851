import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Turns of the event loop without output after which the pipe is empty. Each one reads what is there. */
const QUIET_TURNS = 4;
/** The most that a pipe holds (F_SETPIPE_SZ in fcntl(2)): whatever follows was written by another process. */
const PIPE_BYTES = 1_048_576;

/** Reads one pipe of a command, with backpressure: it waits for the receiver before it continues. */
export class CommandPipe {
  readonly #stream: Readable;
  #bytes = 0;
  #handling: Promise<unknown> | undefined;
  #isHandedOver = false;

  /** @param handle if it returns a promise, the pipe is paused until that settles. */
  constructor(stream: Readable, handle: (chunk: Buffer) => Promise<unknown> | undefined) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      const handled = handle(chunk);
      if (handled) this.#pauseUntil(handled);
    });
    // 'close' follows an error as well, and nothing else can be done about a broken pipe
    stream.on('error', () => {});
  }

  /** Call it when the command has ended. Resolves when its output is handled; other processes may keep the pipe. */
  async drained(): Promise<void> {
    const endBytes = this.#bytes + PIPE_BYTES;
    for (let quiet = 0; quiet < QUIET_TURNS && this.#bytes < endBytes; ) {
      if (this.#stream.closed) return;
      const before = this.#bytes;
      await (this.#handling ?? nextTurn());
      quiet = this.#handling || this.#bytes > before ? 0 : quiet + 1;
    }
  }

  /**
   * Lets a small process of its own read the pipe to its end, so that processes that the command left behind can go on
   * writing after this one has ended.
   *
   * @param to where they would have written without us: a file descriptor of ours, or `ignore`.
   */
  async handOver(to: number | 'ignore'): Promise<void> {
    this.#isHandedOver = true;
    this.#stream.pause();
    // the rest in memory; each piece goes to the handler, too
    while (this.#stream.read() !== null) await this.#handling;
    if (!this.#stream.destroyed && process.platform !== 'win32') {
      const reader = spawn('cat', { stdio: [this.#stream, to, 'ignore'], detached: true });
      reader.on('error', () => {});
      reader.unref();
    }
    this.#stream.destroy();
  }

  /** Closes the pipe, so that the command's next write fails. */
  break(): void {
    this.#stream.destroy();
  }

  #pauseUntil(handled: Promise<unknown>): void {
    this.#stream.pause();
    this.#handling = handled.finally(() => {
      this.#handling = undefined;
      if (!this.#isHandedOver) this.#stream.resume();
    });
  }
}
