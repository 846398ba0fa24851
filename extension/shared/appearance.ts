/**
 * Theme and density as attributes of the page, `data-theme` and `data-density`; the style sheets do the rest.
 *
 * A page must have them before it is painted, and storage answers later than that: what was shown last is kept in
 * `localStorage`, too, which is read by a script in the head.
 */
import type { Settings } from './settings.ts';

type Appearance = Pick<Settings, 'theme' | 'density'>;

const KEY = 'appearance';

export function showAppearance({ theme, density }: Appearance): void {
  const { dataset } = document.documentElement;
  dataset['theme'] = theme;
  dataset['density'] = density;
}

export function rememberAppearance({ theme, density }: Appearance): void {
  localStorage.setItem(KEY, JSON.stringify({ theme, density }));
}

export function showRememberedAppearance(): void {
  const remembered = localStorage.getItem(KEY);
  if (remembered !== null) showAppearance(JSON.parse(remembered) as Appearance);
}
