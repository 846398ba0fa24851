/** Says what was done last, and takes it back, for a while. It takes no focus, and gives back what it was given. */
import { useRef } from 'preact/hooks';
import { t } from '../../i18n/list.ts';
import { focusList } from '../list/focus-list.ts';
import spoken from './spoken.module.css';
import type { Undo } from '../undo.ts';
import { UNDO_KEY } from '../undo.ts';
import css from './undo-toast.module.css';

export function UndoToast({ undo }: { undo: Undo }) {
  const before = useRef<EventTarget | null>(null);
  const { offered } = undo;
  return (
    <>
      <p role="status" class={spoken['spoken']}>
        {undo.said.value}
      </p>
      {offered && (
        <div
          class={css['toast']}
          onPointerEnter={() => undo.hold()}
          onPointerLeave={({ currentTarget }) => {
            if (!currentTarget.contains(document.activeElement)) undo.letGo();
          }}
          onFocusIn={({ relatedTarget }) => {
            before.current = relatedTarget;
            undo.hold();
          }}
          onFocusOut={({ currentTarget }) => {
            if (!currentTarget.matches(':hover')) undo.letGo();
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
