/** Export and import of settings. An import shows what it would change before it is applied. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import {
  differences,
  MOST_FILE_CHARS,
  parseSettingsFile,
  formatSettingsFile,
} from '../../shared/settings-file.ts';
import type { Settings } from '../../shared/settings.ts';
import form from '../form/form.module.css';
import type { Model } from '../model.ts';
import { save } from './saved.tsx';
import hidden from '../parts/visually-hidden.module.css';
import css from './settings.module.css';
import { t } from '../../i18n/options.ts';

export function TransferSection({ model }: { model: Model }) {
  const picker = useRef<HTMLInputElement>(null);
  const problem = useSignal('');
  const offered = useSignal<Partial<Settings> | undefined>(undefined);
  const read = async (file: File | undefined) => {
    if (!file) return;
    const text = file.size > MOST_FILE_CHARS ? '' : await file.text();
    const found = parseSettingsFile(text);
    problem.value = found.problem ?? '';
    offered.value = found.settings;
  };
  const { settings } = model.chosen.value;
  const changes = offered.value && differences(settings, offered.value);
  return (
    <div class={css['card']}>
      <div class={css['row']}>
        <span class={css['words']}>
          <span class={css['label']}>{t('export')}</span>
          <span class={css['help']}>{t('export.help')}</span>
        </span>
        <button type="button" class={form['secondary']} onClick={() => download(settings)}>
          {t('export.button')}
        </button>
      </div>
      <div class={css['row']}>
        <span class={css['words']}>
          <span class={css['label']}>{t('import')}</span>
          <span class={css['help']}>{t('import.help')}</span>
        </span>
        <input
          ref={picker}
          type="file"
          class={hidden['visually-hidden']}
          tabIndex={-1}
          accept=".json,application/json"
          aria-label={t('import.file')}
          onChange={({ currentTarget }) => {
            void read(currentTarget.files?.[0]);
            // so that choosing the same file again fires a change event
            currentTarget.value = '';
          }}
        />
        <button type="button" class={form['secondary']} onClick={() => picker.current?.click()}>
          {t('import.button')}
        </button>
      </div>
      <p role="alert" class={`${css['note']} ${form['error']}`}>
        {problem.value}
      </p>
      {changes && (
        <div class={css['note']}>
          <p>{t(changes.length === 0 ? 'import.same' : 'import.changes')}</p>
          <ul>
            {changes.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <div class={form['buttons']}>
            {changes.length > 0 && (
              <button
                type="button"
                class={form['primary']}
                onClick={() => {
                  if (offered.value) void save(model, offered.value);
                  offered.value = undefined;
                }}
              >
                {t('import.apply')}
              </button>
            )}
            <button
              type="button"
              class={form['secondary']}
              onClick={() => {
                offered.value = undefined;
              }}
            >
              {t(changes.length > 0 ? 'cancel' : 'close')}
            </button>
          </div>
        </div>
      )}
    </div>
  );
}

function download(settings: Settings): void {
  const url = URL.createObjectURL(
    new Blob([formatSettingsFile(settings)], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = 'agentlight-settings.json';
  link.click();
  URL.revokeObjectURL(url);
}
