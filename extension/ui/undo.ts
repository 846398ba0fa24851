/**
 * The last thing that a person did in the list and can take back: its words, and what brings back the state before.
 *
 * Offered is only what leaves nothing behind: muting, pausing notifications, and "I'm on it". Not what the service has
 * a history of and others may have acted upon: an answer, a run asked for, queued, cancelled, paused or retried. Nor
 * what has its own way back in the same place: folding, grouping, Mine.
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

/** How long a person has, from when they last looked after it (with the pointer, or the focus). */
const UNDO_LASTS_MS = 8_000;
/** Pressed anywhere in the list, but where one types. */
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

  /** Reactive: what is said once to who does not see it; empty when there is nothing. */
  readonly said = computed(() => {
    const what = this.#offered.value?.words;
    if (what !== undefined) return t('undo.told', { what });
    return this.#isDone.value ? t('undo.done') : '';
  });

  /** In place of what was offered before. */
  offer(what: Undoable): void {
    this.#offered.value = what;
    this.#isDone.value = false;
    this.letGo();
  }

  /** It stays until `letGo`. */
  hold(): void {
    clearTimeout(this.#timer);
  }

  /** Its time begins anew. */
  letGo(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#offered.value = undefined;
    }, UNDO_LASTS_MS);
  }

  /** @returns whether there was anything. */
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

/** What a row's action did, in words, and what takes it back. */
export interface Reversal {
  readonly words: string;
  readonly inverse: RowRequest;
}

/**
 * @param row as it was before the action.
 * @returns undefined where nothing brings back exactly that: the place of another who was on it can't be given back.
 */
export function reversalOf(
  action: RowRequest,
  row: Pick<Row, 'name' | 'caretaker'>,
): Reversal | undefined {
  const name = plainText(row.name, NAME_CHARS);
  switch (action.kind) {
    case 'mute':
      return { words: t('undo.mute', { name }), inverse: { kind: 'unmute' } };
    case 'unmute':
      return { words: t('undo.unmute', { name }), inverse: { kind: 'mute' } };
    case 'acknowledge':
      if (row.caretaker !== undefined) return undefined;
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
