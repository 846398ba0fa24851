/** The language of the worker. It carries all of them, as a service worker can't load modules later. */
import { browser } from 'wxt/browser';
import { texts as de } from '../i18n/de/background.ts';
import type { LanguageId } from '../i18n/language.ts';
import { language, languageFor, localeFor, setLanguageSource } from '../i18n/language.ts';
import type { Catalogue } from '../i18n/text.ts';
import type { Settings } from '../shared/settings.ts';

const TEXTS: Record<LanguageId, Catalogue> = { en: {}, de };

/** @returns whether the language has changed. */
export function applyLanguage(chosen: Settings['language']): boolean {
  const id = languageFor(chosen, browser.i18n.getMessage('language'));
  const hasChanged = id !== language().id;
  const next = { id, locale: localeFor(id, navigator.languages), texts: TEXTS[id] };
  setLanguageSource(() => next);
  return hasChanged;
}
