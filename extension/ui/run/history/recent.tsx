/** A long list, which shows its newest entries first and the others on request. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { t } from '../../../i18n/run.ts';
import css from './recent.module.css';

const AT_ONCE = 300;

interface RecentProps<T> {
  /** Oldest first. */
  readonly all: readonly T[];
  /** Number of older entries that are no longer in memory. */
  readonly dropped: number;
  readonly children: (shown: readonly T[]) => ComponentChildren;
}

export function Recent<T>({ all, dropped, children }: RecentProps<T>) {
  const shown = useSignal(AT_ONCE);
  const hidden = Math.max(0, all.length - shown.value);
  return (
    <>
      {hidden === 0 && dropped > 0 && (
        <p class={css['note']}>{t('show.dropped', { count: dropped })}</p>
      )}
      {hidden > 0 && (
        <button
          type="button"
          class={css['more']}
          onClick={() => {
            shown.value += AT_ONCE;
          }}
        >
          {t('show.earlier', { shown: Math.min(hidden, AT_ONCE), count: hidden })}
        </button>
      )}
      {children(hidden > 0 ? all.slice(hidden) : all)}
    </>
  );
}
