/** Rows for a setting: label on the left, control on the right. Settings of the organisation can't be changed. */
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/options.ts';
import type { SettingKey, Settings } from '../../shared/settings.ts';
import type { Model } from '../model.ts';
import { save } from './saved.tsx';
import css from './settings.module.css';

interface RowProps {
  readonly model: Model;
  readonly label: string;
  readonly help?: string | undefined;
}

/** Names of the settings that hold a value of type T. */
export type KeyOf<T> = {
  [K in SettingKey]: Settings[K] extends T ? (T extends Settings[K] ? K : never) : never;
}[SettingKey];

export function SwitchRow({ model, of, label, help }: RowProps & { of: KeyOf<boolean> }) {
  const { settings, locked } = model.chosen.value;
  return (
    <label class={css['row']}>
      <Words label={label} help={help} isLocked={locked.has(of)} />
      <input
        type="checkbox"
        class={css['switch']}
        checked={settings[of]}
        disabled={locked.has(of)}
        onChange={({ currentTarget }) => void save(model, { [of]: currentTarget.checked })}
      />
    </label>
  );
}

interface ChoiceRowProps<K extends SettingKey> extends RowProps {
  readonly of: K;
  readonly choices: Readonly<Record<Settings[K] & string, string>>;
}

export function ChoiceRow<K extends 'notifyFinished' | 'language' | 'theme' | 'density'>({
  model,
  of,
  label,
  help,
  choices,
}: ChoiceRowProps<K>) {
  const { settings, locked } = model.chosen.value;
  return (
    <label class={css['row']}>
      <Words label={label} help={help} isLocked={locked.has(of)} />
      <select
        class={css['select']}
        value={settings[of]}
        disabled={locked.has(of)}
        onChange={({ currentTarget }) => void save(model, { [of]: currentTarget.value })}
      >
        {Object.entries(choices).map(([value, text]) => (
          <option key={value} value={value}>
            {text as string}
          </option>
        ))}
      </select>
    </label>
  );
}

interface WordsProps {
  readonly label: ComponentChildren;
  readonly help?: string | undefined;
  readonly isLocked: boolean;
}

export function Words({ label, help, isLocked }: WordsProps) {
  return (
    <span class={css['words']}>
      <span class={css['label']}>{label}</span>
      {help !== undefined && <span class={css['help']}>{help}</span>}
      {isLocked && (
        <span class={css['lock']}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M4.5 7V5a3.5 3.5 0 0 1 7 0v2" />
            <rect x="3" y="7" width="10" height="7" rx="1.5" />
          </svg>
          {t('locked')}
        </span>
      )}
    </span>
  );
}
