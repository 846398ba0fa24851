/** The language of the worker. It has all of them, as it can't load one later. */
import { browser } from 'wxt/browser';
import { texts as de } from '../i18n/de/background.ts';
import type { LanguageId } from '../i18n/language.ts';
import { language, languageFor, localeFor, speak } from '../i18n/language.ts';
import type { Catalogue } from '../i18n/text.ts';
import type { Settings } from '../shared/settings.ts';

const TEXTS: Record<LanguageId, Catalogue> = { en: {}, de };

/** @returns whether it is another one than before. */
export function speakAs(chosen: Settings['language']): boolean {
  const id = languageFor(chosen, browser.i18n.getMessage('language'));
  const isAnother = id !== language().id;
  const next = { id, locale: localeFor(id, navigator.languages), texts: TEXTS[id] };
  speak(() => next);
  return isAnother;
}
