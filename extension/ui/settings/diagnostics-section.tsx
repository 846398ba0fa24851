/** Diagnostics that a person can copy when they ask for help. */
import { useComputed } from '@preact/signals';
import { t } from '../../i18n/options.ts';
import { CopyButton } from '../parts/copyable.tsx';
import type { Model } from '../model.ts';
import type { BrowserFacts } from './browser-facts.ts';
import { diagnosticsOf } from './diagnostics.ts';
import css from './settings.module.css';

interface DiagnosticsSectionProps {
  readonly model: Model;
  readonly facts: BrowserFacts;
}

export function DiagnosticsSection({ model, facts }: DiagnosticsSectionProps) {
  const text = useComputed(() =>
    diagnosticsOf({
      facts,
      paired: model.paired.value,
      chosen: model.chosen.value,
      snoozedUntilMs: model.snoozedUntilMs.value,
      nowMs: model.nowMs.value,
    }),
  );
  return (
    <div class={css['card']}>
      <div class={css['row']}>
        <span class={css['help']}>{t('diagnostics.help')}</span>
        <CopyButton text={text.value} />
      </div>
      <textarea
        class={css['diagnostics']}
        dir="ltr"
        lang="en"
        aria-label={t('section.diagnostics')}
        readOnly
        spellcheck={false}
        rows={text.value.split('\n').length + 1}
        value={text.value}
      />
    </div>
  );
}
