/**
 * Whether the list must keep its places: the pointer is over it, a menu is open, or a key was pressed a moment ago. What
 * arrives meanwhile waits.
 */
import { computed, signal } from '@preact/signals';

/** The list keeps its places for this long after a key or a touch. */
export const KEY_HOLD_MS = 3_000;

export class Hold {
  readonly #isPointerIn = signal(false);
  readonly #isKeyRecent = signal(false);
  readonly #isMenuOpen = signal(false);
  readonly #waiting = signal<ReadonlyMap<string, number>>(new Map());
  readonly #placements = signal(0);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Reactive. */
  readonly isHeld = computed(
    () => this.#isPointerIn.value || this.#isKeyRecent.value || this.#isMenuOpen.value,
  );

  /** Reactive: how many rows of all lists wait. */
  readonly waiting = computed(() =>
    [...this.#waiting.value.values()].reduce((sum, count) => sum + count, 0),
  );

  /** Reactive: how often the person asked for what waits. A list that sees a new number places everything once. */
  get placements(): number {
    return this.#placements.value;
  }

  /** Reactive. */
  get isPointerIn(): boolean {
    return this.#isPointerIn.value;
  }

  pointer(isIn: boolean): void {
    this.#isPointerIn.value = isIn;
  }

  menu(isOpen: boolean): void {
    this.#isMenuOpen.value = isOpen;
  }

  /** A key or a touch. */
  press(): void {
    this.#isKeyRecent.value = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isKeyRecent.value = false;
    }, KEY_HOLD_MS);
  }

  /** @param list id of a list. @param count how many of its rows wait. */
  report(list: string, count: number): void {
    if ((this.#waiting.peek().get(list) ?? 0) === count) return;
    this.#waiting.value = new Map(this.#waiting.peek()).set(list, count);
  }

  /** Places what waits, held or not. */
  place(): void {
    this.#placements.value += 1;
  }
}
