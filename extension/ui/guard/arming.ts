/**
 * Which cards and rows take no click and no answer yet: those that appeared or moved a moment ago. A second click or key
 * that was meant for what stood there before must not act on them.
 */
import { signal } from '@preact/signals';

/** How long a card or row that appeared or moved takes no click. */
export const DISARMED_MS = 500;

export type DisarmedReason = 'appeared' | 'moved-up' | 'moved-down';

export class Arming {
  readonly #disarmed = signal<ReadonlyMap<string, DisarmedReason>>(new Map());
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Reactive: why it is disarmed; undefined if it is armed. @param key of a card or row. */
  reasonOf(key: string): DisarmedReason | undefined {
    return this.#disarmed.value.get(key);
  }

  isArmed(key: string): boolean {
    return !this.#disarmed.peek().has(key);
  }

  /** Starts the time again for what is disarmed already. */
  disarm(key: string, reason: DisarmedReason): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => this.arm(key), DISARMED_MS),
    );
    if (this.#disarmed.peek().get(key) === reason) return;
    this.#disarmed.value = new Map(this.#disarmed.peek()).set(key, reason);
  }

  arm(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (!this.#disarmed.peek().has(key)) return;
    const rest = new Map(this.#disarmed.peek());
    rest.delete(key);
    this.#disarmed.value = rest;
  }
}
