/** An answer in the person's own words. */
import type { RefObject } from 'preact';
import { useSignal } from '@preact/signals';
import { t } from '../../i18n/list.ts';
import css from './question-card.module.css';

interface FreeTextProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly label: string;
  /** Whether nothing can be sent now. */
  readonly isOff: boolean;
  readonly onSend: (text: string) => void;
  /** Called when the person leaves the field without having typed anything. */
  readonly onLeave: () => void;
}

export function FreeText({ inputRef, label, isOff, onSend, onLeave }: FreeTextProps) {
  const text = useSignal('');
  const isEmpty = text.value.trim() === '';
  return (
    <form
      class={css['free']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) onSend(text.value);
      }}
    >
      <input
        ref={inputRef}
        aria-label={label}
        placeholder={label}
        maxLength={2_000}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
        }}
        onBlur={() => {
          if (isEmpty) onLeave();
        }}
      />
      <button type="submit" class={css['choice']} disabled={isEmpty} aria-disabled={isOff}>
        {t('question.send')}
      </button>
    </form>
  );
}
