/** Saves settings, and confirms it without taking the focus. */
import { signal } from '@preact/signals';
import { t } from '../../i18n/options.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Model } from '../model.ts';
import css from './settings.module.css';

const note = signal('');
/** How long "Saved" is shown. */
const NOTE_MS = 2_000;
let timer: ReturnType<typeof setTimeout> | undefined;

export async function save(model: Model, changes: Partial<Settings>): Promise<void> {
  const answer = await model.actions.change(changes);
  clearTimeout(timer);
  note.value = answer.ok ? t('saved') : answer.problem.detail;
  timer = setTimeout(() => {
    note.value = '';
  }, NOTE_MS);
}

export function SavedNote() {
  return (
    <p role="status" class={css['saved']}>
      {note.value}
    </p>
  );
}
