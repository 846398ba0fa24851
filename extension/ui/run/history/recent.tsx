/** A long list: the newest of it, and as much of the rest as a person asks for. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { t } from '../../../i18n/run.ts';
import css from './recent.module.css';

const AT_ONCE = 300;

interface RecentProps<T> {
  /** Oldest first. */
  readonly all: readonly T[];
  /** How many older ones are not kept. */
  readonly dropped: number;
  readonly children: (shown: readonly T[]) => ComponentChildren;
}

export function Recent<T>({ all, dropped, children }: RecentProps<T>) {
  const shown = useSignal(AT_ONCE);
  const hidden = Math.max(0, all.length - shown.value);
  return (
    <>
      {hidden === 0 && dropped > 0 && (
        <p class={css['note']}>{t('recent.dropped', { count: dropped })}</p>
      )}
      {hidden > 0 && (
        <button
          type="button"
          class={css['more']}
          onClick={() => {
            shown.value += AT_ONCE;
          }}
        >
          {t('recent.more', { count: Math.min(hidden, AT_ONCE), total: hidden })}
        </button>
      )}
      {children(hidden > 0 ? all.slice(hidden) : all)}
    </>
  );
}
