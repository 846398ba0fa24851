/** The keys, on one card. */
import css from './key-help.module.css';
import { ACTION_KEYS, ACTION_WORDS } from './row-actions.ts';

const ID = 'key-help';

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['↑ ↓ or J K', 'Move through the list'],
  ['Home End', 'First and last'],
  ['Enter', 'What the row offers'],
  ['A D 1–9', 'Answer the question that has the focus'],
  ...(
    ['run', 'queue', 'cancel', 'pause', 'retry', 'acknowledge', 'view', 'history', 'mute'] as const
  ).map((kind) => [ACTION_KEYS[kind].toUpperCase(), ACTION_WORDS[kind]] as const),
  ['/', 'Search'],
  ['?', 'This card'],
];

export function KeyHelp() {
  return (
    <dialog id={ID} class={css['card']} aria-labelledby="key-help-title">
      <h2 id="key-help-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

export function showKeyHelp(): void {
  const card = document.getElementById(ID);
  if (card instanceof HTMLDialogElement && !card.open) card.showModal();
}
