/**
 * The language of this page or of the worker.
 *
 * To add one: a folder beside `en` and `de`, a file in `public/_locales`, and its id here and in the settings. The
 * compiler reports what else is missing.
 */
import type { Catalogue } from './text.ts';

export type LanguageId = 'en' | 'de';

/** Each language's own name and writing direction. */
export const LANGUAGES = {
  en: { name: 'English', dir: 'ltr' },
  de: { name: 'Deutsch', dir: 'ltr' },
} as const satisfies Record<LanguageId, { readonly name: string; readonly dir: 'ltr' | 'rtl' }>;

export interface Language {
  readonly id: LanguageId;
  /** Locale for times and numbers. Undefined: that of the system. */
  readonly locale: string | undefined;
  /** Translated texts. A key that is missing here falls back to English. */
  readonly texts: Catalogue;
}

const ENGLISH: Language = { id: 'en', locale: undefined, texts: {} };

let source = () => ENGLISH;

/** The current language. */
export function language(): Language {
  return source();
}

/** @param next called for each text, so that a source that reads a signal redraws the page when it changes. */
export function setLanguageSource(next: () => Language): void {
  source = next;
}

/**
 * @param chosen the language setting.
 * @param browser the language that the browser picked from `_locales`, so that its own texts and ours agree.
 */
export function languageFor(chosen: 'system' | LanguageId, browser: string): LanguageId {
  if (chosen !== 'system') return chosen;
  return isKnown(browser) ? browser : 'en';
}

/** The person's preferred variety of a language, such as `en-GB`; the language itself where they name none. */
export function localeFor(id: LanguageId, preferred: readonly string[]): string {
  return preferred.find((tag) => tag === id || tag.startsWith(`${id}-`)) ?? id;
}

/** Caches a value per locale. For `Intl` formats, which are slow to create. */
export function perLocale<T>(make: (locale: string | undefined) => T): () => T {
  let made: { readonly locale: string | undefined; readonly value: T } | undefined;
  return () => {
    const { locale } = source();
    if (!made || made.locale !== locale) made = { locale, value: make(locale) };
    return made.value;
  };
}

const lists = perLocale((locale) => new Intl.ListFormat(locale, { type: 'unit', style: 'short' }));

/** Joins parts as the language writes lists: "1 failed, 2 running". */
export function listed(parts: readonly string[]): string {
  return lists().format(parts);
}

function isKnown(id: string): id is LanguageId {
  return Object.hasOwn(LANGUAGES, id);
}
