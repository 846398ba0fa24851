/**
 * Theme and density as attributes of the page, `data-theme` and `data-density`; the style sheets do the rest. So are
 * its language and the direction in which that is written.
 *
 * A page must have them before it is painted, and storage answers later than that: what was shown last is kept in
 * `localStorage`, too, which is read by a script in the head.
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
