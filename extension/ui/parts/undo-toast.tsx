/** Offers to undo the last action. Does not take the focus, and returns it to where it was. */
import { useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import { focusList } from '../list/focus-list.ts';
import hidden from './visually-hidden.module.css';
import type { Undo } from '../undo.ts';
import { UNDO_KEY } from '../undo.ts';
import css from './undo-toast.module.css';

export function UndoToast({ undo }: { undo: Undo }) {
  const before = useRef<EventTarget | null>(null);
  const { offered } = undo;
  return (
    <>
      <p role="status" class={hidden['visually-hidden']}>
        {undo.announcement.value}
      </p>
      {offered && (
        <div
          class={css['toast']}
          onPointerEnter={() => undo.stopTimer()}
          onPointerLeave={({ currentTarget }) => {
            if (!currentTarget.contains(document.activeElement)) undo.restartTimer();
          }}
          onFocusIn={({ relatedTarget }) => {
            before.current = relatedTarget;
            undo.stopTimer();
          }}
          onFocusOut={({ currentTarget }) => {
            if (!currentTarget.matches(':hover')) undo.restartTimer();
          }}
        >
          <span aria-hidden="true">{offered.words}</span>
          <button
            type="button"
            aria-label={t('undo.label', { what: offered.words })}
            aria-keyshortcuts={UNDO_KEY}
            onClick={() => {
              undo.undo();
              const { current } = before;
              if (current instanceof HTMLElement && current.isConnected) current.focus();
              else focusList();
            }}
          >
            {t('undo')}
            <kbd aria-hidden="true" data-key={UNDO_KEY.toUpperCase()} />
          </button>
        </div>
      )}
    </>
  );
}
