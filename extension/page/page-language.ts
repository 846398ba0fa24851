/** The language of a page, from the settings. It is loaded before the first render. */
import type { ReadonlySignal } from '@preact/signals';
import { computed, effect, signal } from '@preact/signals';
import { browser } from 'wxt/browser';
import type { Language, LanguageId } from '../i18n/language.ts';
import { languageFor, localeFor, setLanguageSource } from '../i18n/language.ts';
import type { Catalogue } from '../i18n/text.ts';
import type { Chosen } from '../shared/settings.ts';

const LOADERS: Record<LanguageId, () => Promise<Catalogue>> = {
  // part of every page
  en: () => Promise.resolve({}),
  de: async () => (await import('../i18n/de/pages.ts')).texts,
};

/** Resolves when the language is loaded. The page renders again when another one is chosen. */
export async function followLanguage(
  chosen: ReadonlySignal<Chosen>,
): Promise<ReadonlySignal<Language>> {
  const wanted = computed(() =>
    languageFor(chosen.value.settings.language, browser.i18n.getMessage('language')),
  );
  const current = signal(await load(wanted.peek()));
  setLanguageSource(() => current.value);
  effect(() => {
    const id = wanted.value;
    if (id === current.peek().id) return;
    void load(id).then((language) => {
      // yet another one may have been chosen in the meantime
      if (wanted.peek() === id) current.value = language;
    });
  });
  return current;
}

async function load(id: LanguageId): Promise<Language> {
  return { id, locale: localeFor(id, navigator.languages), texts: await LOADERS[id]() };
}
