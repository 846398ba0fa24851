/**
 * Sets theme, density, language and writing direction as attributes of the page (`data-theme`, `data-density`, `lang`,
 * `dir`); the style sheets do the rest.
 *
 * They must be set before the first paint, and extension storage answers later than that. So the last appearance is also
 * kept in `localStorage`, which a script in the head reads.
 */
import type { LanguageId } from '../i18n/language.ts';
import { LANGUAGES } from '../i18n/language.ts';
import type { Settings } from './settings.ts';

interface Appearance extends Pick<Settings, 'theme' | 'density'> {
  readonly lang: LanguageId;
}

const KEY = 'appearance';

export function showAppearance({ theme, density, lang }: Appearance): void {
  const page = document.documentElement;
  page.dataset['theme'] = theme;
  page.dataset['density'] = density;
  page.lang = lang;
  page.dir = LANGUAGES[lang].dir;
}

export function rememberAppearance({ theme, density, lang }: Appearance): void {
  localStorage.setItem(KEY, JSON.stringify({ theme, density, lang }));
}

export function showRememberedAppearance(): void {
  const remembered = localStorage.getItem(KEY);
  if (remembered !== null) showAppearance(JSON.parse(remembered) as Appearance);
}
