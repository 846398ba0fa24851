/** Settings for language, theme and density. */
import { LANGUAGES } from '../../i18n/language.ts';
import { t } from '../../i18n/options.ts';
import type { Model } from '../model.ts';
import { ChoiceRow } from './setting-row.tsx';
import css from './settings.module.css';

export function AppearanceSection({ model }: { model: Model }) {
  return (
    <div class={css['card']}>
      <ChoiceRow
        model={model}
        of="language"
        label={t('language')}
        choices={{
          system: t('language.system'),
          // in their own language, for people who can't read the current one
          en: LANGUAGES.en.name,
          de: LANGUAGES.de.name,
        }}
      />
      <ChoiceRow
        model={model}
        of="theme"
        label={t('theme')}
        choices={{ system: t('theme.system'), light: t('theme.light'), dark: t('theme.dark') }}
      />
      <ChoiceRow
        model={model}
        of="density"
        label={t('density')}
        help={t('density.help')}
        choices={{ comfortable: t('density.comfortable'), compact: t('density.compact') }}
      />
    </div>
  );
}
