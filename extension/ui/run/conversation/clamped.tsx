/** Text that is truncated when it is long, with a button that shows all of it. */
import { useSignal } from '@preact/signals';
import { t } from '../../../i18n/run.ts';
import css from './clamped.module.css';

const LINES = 12;
const CHARS = 1_200;

export function Clamped({ text, isCode = false }: { text: string; isCode?: boolean }) {
  const isOpen = useSignal(false);
  const lines = text.split('\n');
  const isLong = lines.length > LINES || text.length > CHARS;
  const shown = isLong && !isOpen.value ? lines.slice(0, LINES).join('\n').slice(0, CHARS) : text;
  const showAll =
    lines.length > LINES
      ? t('show.all-lines', { count: lines.length })
      : t('show.all-characters', { count: text.length });
  return (
    <>
      <bdi class={`${css['text']} ${isCode ? css['code'] : ''}`}>{shown}</bdi>
      {isLong && (
        <button
          type="button"
          class={css['more']}
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {isOpen.value ? t('show.less') : showAll}
        </button>
      )}
    </>
  );
}
