import type { ProcessTree } from './process-tree.ts';

/** Poll interval for the rest of the group after its leader has ended. */
const GROUP_POLL_MS = 40;
/** Maximum wait after SIGKILL: a process can be stuck in the kernel, or stay a zombie. */
const KILLED_WAIT_MS = 1_000;

/** Ends a command: SIGTERM first, SIGKILL after a grace period. */
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
    // the pids may belong to other processes by now
    if (this.#isOver) return;
    if (this.#reason === undefined) {
      this.#reason = reason;
      this.#tree.kill('SIGTERM');
      // a paused process can't handle SIGTERM
      if (process.platform !== 'win32') this.#tree.kill('SIGCONT');
    }
    const killAtMs = performance.now() + graceMs;
    if (this.#killed || killAtMs >= this.#killAtMs) return;
    this.#killAtMs = killAtMs;
    clearTimeout(this.#killTimer);
    // without a timer, because this process may be about to end
    if (graceMs <= 0) this.#kill();
    else this.#killTimer = setTimeout(() => this.#kill(), graceMs);
  }

  /** Call it when the command itself has ended. Resolves when the rest has, to the reason why it was ended. */
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
