/** The shortcuts as the browser assigned them, which may differ from those that the manifest suggests. */
import { t } from '../../i18n/options.ts';
import form from '../form/form.module.css';
import type { BrowserFacts } from './browser-facts.ts';
import css from './settings.module.css';

export function ShortcutsSection({ facts }: { facts: BrowserFacts }) {
  return (
    <div class={css['card']}>
      {facts.shortcuts.map(({ name, keys }) => (
        <div key={name} class={css['row']}>
          <span class={css['label']}>{name || t('shortcuts.open')}</span>
          {keys === '' ? (
            <span class={css['help']}>{t('shortcuts.unset')}</span>
          ) : (
            <kbd>{keys}</kbd>
          )}
        </div>
      ))}
      <div class={css['row']}>
        <span class={css['words']}>
          <span class={css['label']}>{t('shortcuts.omnibox')}</span>
          <span class={css['help']}>
            {t.rich('shortcuts.omnibox-help', { keyword: <kbd>al</kbd> })}
          </span>
        </span>
      </div>
      <div class={css['row']}>
        <span class={css['help']}>{t.rich('shortcuts.browser', { key: <kbd>?</kbd> })}</span>
        <button type="button" class={form['secondary']} onClick={() => facts.changeShortcuts()}>
          {t('shortcuts.change')}
        </button>
      </div>
    </div>
  );
}
