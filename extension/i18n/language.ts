/**
 * The language that this page, or this worker, speaks.
 *
 * Another one is a folder beside `en` and `de`, a file in `public/_locales`, and its name here and in the settings;
 * the compiler says what else is missing.
 */
import type { Catalogue } from './text.ts';

export type LanguageId = 'en' | 'de';

/** By their own names; how they are written. */
export const LANGUAGES = {
  en: { name: 'English', dir: 'ltr' },
  de: { name: 'Deutsch', dir: 'ltr' },
} as const satisfies Record<LanguageId, { readonly name: string; readonly dir: 'ltr' | 'rtl' }>;

export interface Language {
  readonly id: LanguageId;
  /** How times and numbers are written. Undefined: as the system does. */
  readonly locale: string | undefined;
  /** What it says in other words than English; of what is missing English is spoken. */
  readonly texts: Catalogue;
}

const ENGLISH: Language = { id: 'en', locale: undefined, texts: {} };

let spoken = () => ENGLISH;

/** What is spoken now. */
export function language(): Language {
  return spoken();
}

/** @param source asked for each text, so that one that is a signal draws a page anew. */
export function speak(source: () => Language): void {
  spoken = source;
}

/** @param chosen as in the settings. @param browser as the browser chose it of `_locales`: what it shows itself is the same. */
export function languageFor(chosen: 'system' | LanguageId, browser: string): LanguageId {
  if (chosen !== 'system') return chosen;
  return isKnown(browser) ? browser : 'en';
}

/** The variety of a language that a person likes, such as `en-GB`; the language itself, where they name none. */
export function localeFor(id: LanguageId, preferred: readonly string[]): string {
  return preferred.find((tag) => tag === id || tag.startsWith(`${id}-`)) ?? id;
}

/** What is made once for each locale, such as formats of `Intl`, which take long to make. */
export function perLocale<T>(make: (locale: string | undefined) => T): () => T {
  let made: { readonly locale: string | undefined; readonly what: T } | undefined;
  return () => {
    const { locale } = spoken();
    if (!made || made.locale !== locale) made = { locale, what: make(locale) };
    return made.what;
  };
}

const lists = perLocale((locale) => new Intl.ListFormat(locale, { type: 'unit', style: 'short' }));

/** "1 failed, 2 running", as the language writes lists. */
export function listed(parts: readonly string[]): string {
  return lists().format(parts);
}

function isKnown(id: string): id is LanguageId {
  return Object.hasOwn(LANGUAGES, id);
}
