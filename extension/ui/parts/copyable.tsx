/** A command with a button that copies it. */
import { useSignal } from '@preact/signals';
import { t } from '../../i18n/list.ts';
import css from './copyable.module.css';

/** How long "Copied" is shown. */
const CONFIRMED_MS = 1_200;

export function Copyable({ text }: { text: string }) {
  return (
    <span class={css['copyable']}>
      <code>{text}</code>
      <CopyButton text={text} />
    </span>
  );
}

export function CopyButton({ text }: { text: string }) {
  const isCopied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    isCopied.value = true;
    setTimeout(() => {
      isCopied.value = false;
    }, CONFIRMED_MS);
  };
  return (
    <button type="button" class={css['button']} onClick={() => void copy()}>
      {t(isCopied.value ? 'copied' : 'copy')}
    </button>
  );
}
