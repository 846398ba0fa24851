/**
 * The last action in the list that can be undone.
 *
 * Only actions that leave no trace can be undone: muting, pausing notifications, and "I'm on it". Answers and requests for
 * runs can't, as the service keeps a history of them and others may have acted on them. Folding, grouping and "Mine" are
 * left out, as the same control reverts them.
 */
import { computed, signal } from '@preact/signals';
import { t } from '../i18n/list.ts';
import { plainText } from '../shared/plain-text.ts';
import type { RowRequest } from './list/row-actions.ts';
import type { Row } from './list/rows.ts';

export interface Undoable {
  /** What was done, such as `Muted Docs`. */
  readonly words: string;
  undo(): void;
}

/** How long undo is offered, counted from when the pointer or the focus last left it. */
const UNDO_LASTS_MS = 8_000;
/** Works anywhere in the list except in text fields. */
export const UNDO_KEY = 'z';
const NAME_CHARS = 60;

export class Undo {
  readonly #offered = signal<Undoable | undefined>(undefined);
  readonly #isDone = signal(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Reactive. */
  get offered(): Undoable | undefined {
    return this.#offered.value;
  }

  /** Reactive: text for screen readers; empty when there is nothing to announce. */
  readonly announcement = computed(() => {
    const what = this.#offered.value?.words;
    if (what !== undefined) return t('undo.announce', { what });
    return this.#isDone.value ? t('undo.done') : '';
  });

  /** Replaces the action that was offered before. */
  offer(what: Undoable): void {
    this.#offered.value = what;
    this.#isDone.value = false;
    this.restartTimer();
  }

  /** Keeps the offer until `restartTimer`. */
  stopTimer(): void {
    clearTimeout(this.#timer);
  }

  /** Starts the time limit of the offer again. */
  restartTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#offered.value = undefined;
    }, UNDO_LASTS_MS);
  }

  /** @returns whether there was anything to undo. */
  undo(): boolean {
    const offered = this.#offered.peek();
    if (!offered) return false;
    clearTimeout(this.#timer);
    this.#offered.value = undefined;
    this.#isDone.value = true;
    offered.undo();
    return true;
  }
}

/** Text that says what an action did, and the request that undoes it. */
export interface Reversal {
  readonly words: string;
  readonly inverse: RowRequest;
}

/**
 * @param row as it was before the action.
 * @returns undefined where the previous state can't be restored, such as another user's "I'm on it".
 */
export function reversalOf(
  action: RowRequest,
  row: Pick<Row, 'name' | 'acknowledgedBy'>,
): Reversal | undefined {
  const name = plainText(row.name, NAME_CHARS);
  switch (action.kind) {
    case 'mute':
      return { words: t('undo.mute', { name }), inverse: { kind: 'unmute' } };
    case 'unmute':
      return { words: t('undo.unmute', { name }), inverse: { kind: 'mute' } };
    case 'acknowledge':
      if (row.acknowledgedBy !== undefined) return undefined;
      return {
        words: t('undo.acknowledge', { name }),
        inverse: { ...action, kind: 'unacknowledge' },
      };
    case 'unacknowledge':
      return {
        words: t('undo.unacknowledge', { name }),
        inverse: { ...action, kind: 'acknowledge' },
      };
    default:
      return undefined;
  }
}
