/**
 * The button of a row. While the pointer or the focus is on it, it never becomes another action: when its action is over,
 * it is disabled.
 */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import type { Arming } from '../guard/arming.ts';
import css from './agent-row.module.css';
import type { RowAction, RowRequest } from './row-actions.ts';
import { actionWords, mainAction } from './row-actions.ts';
import type { Row } from './rows.ts';

interface MainButtonProps {
  readonly row: Row;
  readonly itemKey: string;
  readonly arming: Arming;
  readonly tabIndex: number;
  readonly onAct: (action: RowAction) => void;
}

export function MainButton({ row, itemKey, arming, tabIndex, onAct }: MainButtonProps) {
  const isCancelling = row.status === 'cancelling';
  const offered = mainAction(row.actions)?.kind;
  const isHovered = useSignal(false);
  const hasFocus = useSignal(false);
  const pinned = useSignal<RowRequest['kind'] | undefined>(undefined);
  const kind = pinned.value ?? (isCancelling ? 'cancel' : offered);
  const before = useRef(kind);
  useLayoutEffect(() => {
    // a touch leaves the button at once: what replaces its action waits a moment
    if (before.current !== kind) arming.disarm(itemKey, 'appeared');
    before.current = kind;
  }, [kind, arming, itemKey]);
  if (kind === undefined) return null;
  const pin = () => {
    pinned.value ??= kind;
  };
  const unpin = () => {
    if (!isHovered.value && !hasFocus.value) pinned.value = undefined;
  };
  const action = row.actions.find((one) => one.kind === kind);
  const words = kind === 'cancel' && isCancelling ? t('line.cancelling') : actionWords(kind);
  return (
    <button
      type="button"
      class={`${css['button']} ${kind === 'run' ? css['run'] : ''}`}
      tabIndex={tabIndex}
      aria-label={`${words} ${row.name}`}
      aria-disabled={action === undefined || arming.reasonOf(itemKey) !== undefined}
      onPointerEnter={() => {
        isHovered.value = true;
        pin();
      }}
      onPointerLeave={() => {
        isHovered.value = false;
        unpin();
      }}
      onFocus={() => {
        hasFocus.value = true;
        pin();
      }}
      onBlur={() => {
        hasFocus.value = false;
        unpin();
      }}
      onClick={() => {
        if (action) onAct(action);
      }}
    >
      {words}
    </button>
  );
}
