/** A dialog with all keyboard shortcuts. */
import { t } from '../../i18n/list.ts';
import css from './key-help.module.css';
import { ACTION_KEYS, actionWords } from '../list/row-actions.ts';
import { UNDO_KEY } from '../undo.ts';

const ID = 'key-help';

const ACTIONS = [
  'run',
  'queue',
  'cancel',
  'pause',
  'retry',
  'acknowledge',
  'view',
  'history',
  'mute',
] as const;

function keys(): readonly (readonly [keys: string, what: string])[] {
  return [
    [t('keys.arrows'), t('keys.move')],
    [t('keys.home-end'), t('keys.ends')],
    [t('keys.fold-keys'), t('keys.fold')],
    ['Enter', t('keys.enter')],
    ['A D 1–9', t('keys.answer')],
    ...ACTIONS.map((kind) => [ACTION_KEYS[kind].toUpperCase(), actionWords(kind)] as const),
    [UNDO_KEY.toUpperCase(), t('undo')],
    ['/', t('keys.search')],
    ['?', t('keys.help')],
  ];
}

export function KeyHelp() {
  return (
    <dialog id={ID} class={css['card']} aria-labelledby="key-help-title">
      <h2 id="key-help-title">{t('keys')}</h2>
      <dl>
        {keys().map(([pressed, what]) => (
          <div key={pressed}>
            <dt>
              <kbd>{pressed}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">{t('close')}</button>
      </form>
    </dialog>
  );
}

export function showKeyHelp(): void {
  const card = document.getElementById(ID);
  if (card instanceof HTMLDialogElement && !card.open) card.showModal();
}
