/** The language of a page: that of the settings, loaded before anything is drawn. */
import type { ReadonlySignal } from '@preact/signals';
import { computed, effect, signal } from '@preact/signals';
import { browser } from 'wxt/browser';
import type { Language, LanguageId } from '../i18n/language.ts';
import { languageFor, localeFor, speak } from '../i18n/language.ts';
import type { Catalogue } from '../i18n/text.ts';
import type { Chosen } from '../shared/settings.ts';

const LOADERS: Record<LanguageId, () => Promise<Catalogue>> = {
  // every page has it
  en: () => Promise.resolve({}),
  de: async () => (await import('../i18n/de/pages.ts')).texts,
};

/** Resolves when it is there. What is drawn with it is drawn anew when another one is chosen. */
export async function followLanguage(
  chosen: ReadonlySignal<Chosen>,
): Promise<ReadonlySignal<Language>> {
  const wanted = computed(() =>
    languageFor(chosen.value.settings.language, browser.i18n.getMessage('language')),
  );
  const spoken = signal(await load(wanted.peek()));
  speak(() => spoken.value);
  effect(() => {
    const id = wanted.value;
    if (id === spoken.peek().id) return;
    void load(id).then((language) => {
      // yet another one may have been chosen meanwhile
      if (wanted.peek() === id) spoken.value = language;
    });
  });
  return spoken;
}

async function load(id: LanguageId): Promise<Language> {
  return { id, locale: localeFor(id, navigator.languages), texts: await LOADERS[id]() };
}
