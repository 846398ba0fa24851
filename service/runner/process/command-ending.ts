import type { ProcessTree } from './process-tree.ts';

/** How often a group is asked whether it is gone, after its leader is. */
const GROUP_POLL_MS = 40;
/** SIGKILL can't be ignored, but a process may be stuck in the kernel, or nobody may reap it. */
const KILLED_WAIT_MS = 1_000;

/** How a command that has to end is made to. */
export class CommandEnding {
  readonly #tree: ProcessTree;
  readonly #graceMs: number;
  #reason: 'timeout' | 'cancelled' | undefined;
  #killAtMs = Number.POSITIVE_INFINITY;
  #killTimer: NodeJS.Timeout | undefined;
  #killed = false;
  #isOver = false;

  constructor(tree: ProcessTree, graceMs: number) {
    this.#tree = tree;
    this.#graceMs = graceMs;
  }

  begin(reason: 'timeout' | 'cancelled', graceMs = this.#graceMs): void {
    // the pids may belong to somebody else by now
    if (this.#isOver) return;
    if (this.#reason === undefined) {
      this.#reason = reason;
      this.#tree.kill('SIGTERM');
      // what is paused could not obey
      if (process.platform !== 'win32') this.#tree.kill('SIGCONT');
    }
    const killAtMs = performance.now() + graceMs;
    if (this.#killed || killAtMs >= this.#killAtMs) return;
    this.#killAtMs = killAtMs;
    clearTimeout(this.#killTimer);
    // at once: this process may be about to end itself
    if (graceMs <= 0) this.#kill();
    else this.#killTimer = setTimeout(() => this.#kill(), graceMs);
  }

  /** Once the command itself is gone: resolves when all that it started is, to why it had to end. */
  async over(): Promise<'timeout' | 'cancelled' | undefined> {
    while (this.#reason !== undefined && this.#tree.isAlive()) {
      if (performance.now() > this.#killAtMs + KILLED_WAIT_MS) break;
      await new Promise((resolve) => setTimeout(resolve, GROUP_POLL_MS));
    }
    this.#isOver = true;
    clearTimeout(this.#killTimer);
    return this.#reason;
  }

  #kill(): void {
    this.#killed = true;
    this.#tree.kill('SIGKILL');
  }
}
