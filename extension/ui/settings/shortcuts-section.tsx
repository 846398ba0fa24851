/** The shortcuts as the browser has granted them; it may not grant what we ask for. */
import form from '../form.module.css';
import type { BrowserFacts } from './browser-facts.ts';
import css from './settings.module.css';

export function ShortcutsSection({ facts }: { facts: BrowserFacts }) {
  return (
    <div class={css['card']}>
      {facts.shortcuts.map(({ name, keys }) => (
        <div key={name} class={css['row']}>
          <span class={css['label']}>{name}</span>
          {keys === '' ? <span class={css['help']}>Not set</span> : <kbd>{keys}</kbd>}
        </div>
      ))}
      <div class={css['row']}>
        <span class={css['words']}>
          <span class={css['label']}>In the address bar</span>
          <span class={css['help']}>
            <kbd>al</kbd>, a space and the name of an agent goes to it, ready to run
          </span>
        </span>
      </div>
      <div class={css['row']}>
        <span class={css['help']}>
          The browser keeps shortcuts. In the popup <kbd>?</kbd> shows its own keys.
        </span>
        <button type="button" class={form['secondary']} onClick={() => facts.changeShortcuts()}>
          Change shortcuts
        </button>
      </div>
    </div>
  );
}
