import { glob, readFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { texts as deBackground } from '../../extension/i18n/de/background.ts';
import { texts as dePages } from '../../extension/i18n/de/pages.ts';
import { common } from '../../extension/i18n/en/common.ts';
import { list } from '../../extension/i18n/en/list.ts';
import { options } from '../../extension/i18n/en/options.ts';
import { run } from '../../extension/i18n/en/run.ts';
import { worker } from '../../extension/i18n/en/worker.ts';
import type { LanguageId } from '../../extension/i18n/language.ts';
import { LANGUAGES, languageFor, listed, localeFor, speak } from '../../extension/i18n/language.ts';
import type { Catalogue, Text } from '../../extension/i18n/text.ts';
import { fill, translationOf } from '../../extension/i18n/text.ts';
import { translator } from '../../extension/i18n/translate.ts';
import { FIELDS } from '../../extension/shared/settings.ts';

afterEach(() => speak(() => ({ id: 'en', locale: undefined, texts: {} })));

function speakGerman(texts: Catalogue = dePages): void {
  speak(() => ({ id: 'de', locale: 'de-DE', texts }));
}

const forms = (text: Text) => (typeof text === 'string' ? [text] : Object.values(text));

function holesIn(text: Text): string[] {
  const found = forms(text).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)]);
  return [...new Set(found.map(([, name = '']) => name))].sort();
}

const TRANSLATED: [string, Catalogue, Catalogue][] = [
  ['de, worker', { ...common, ...worker }, deBackground],
  ['de, pages', { ...common, ...list, ...run, ...options }, dePages],
];

test.each(TRANSLATED)('%s: has every text of the English, with its places', (_name, en, other) => {
  expect(Object.keys(other).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) {
    expect([key, holesIn(other[key] ?? '')]).toEqual([key, holesIn(text)]);
  }
});

test.each(TRANSLATED)(
  '%s: no text is empty, and what is counted has its count',
  (_name, en, other) => {
    for (const [key, text] of [...Object.entries(en), ...Object.entries(other)]) {
      for (const form of forms(text)) expect([key, form.trim()]).not.toEqual([key, '']);
      if (typeof text !== 'string')
        expect([key, holesIn(text)]).toEqual([key, holesIn(text.other)]);
      if (typeof text !== 'string') expect([key, ...holesIn(text)]).toContain('count');
    }
  },
);

test('no two parts of a catalogue say something else by the same name', () => {
  const parts = [common, worker, list, run, options].map((part) => Object.keys(part));
  for (const with_ of [
    [common, worker],
    [common, list, run, options],
  ]) {
    const keys = with_.flatMap((part) => Object.keys(part));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  }
  expect(parts.every((keys) => keys.length > 0)).toBe(true);
});

test('the compiler insists on keys and places', () => {
  const check = translationOf<{ readonly hello: 'Hello {name}' }>();
  check({ hello: 'Hallo {name}' });
  check({ hello: { one: '{name}!', other: 'Hallo {name}' } });
  // @ts-expect-error: a place is called something else
  check({ hello: 'Hallo {nam}' });
  // @ts-expect-error: a place is missing
  check({ hello: 'Hallo' });
  // @ts-expect-error: a text is missing
  check({});
  // @ts-expect-error: there is no such text
  check({ hello: 'Hallo {name}', bye: 'Tschüss' });
  const t = translator({ hello: 'Hello {name}' });
  // @ts-expect-error: a value is missing
  expect(t('hello')).toBe('Hello {name}');
});

test('the form is that of the count, and numbers are written as people there write them', () => {
  const t = translator({ files: { one: '{count} file', other: '{count} files' }, of: '{a}/{b}' });
  expect([0, 1, 2].map((count) => t('files', { count }))).toEqual(['0 files', '1 file', '2 files']);
  expect(t('files', { count: 12_345 })).toBe('12,345 files');
  speakGerman({ files: { one: '{count} Datei', other: '{count} Dateien' } });
  expect([0, 1].map((count) => t('files', { count }))).toEqual(['0 Dateien', '1 Datei']);
  expect(t('files', { count: 12_345 })).toBe('12.345 Dateien');
  // what a language lacks is said in English
  expect(t('of', { a: 1, b: '{a}' })).toBe('1/{a}');
});

test('a language with more forms than English has them', () => {
  const t = translator({ files: '{count} files' });
  const files = { one: '{count} plik', few: '{count} pliki', other: '{count} plików' };
  speak(() => ({ id: 'en', locale: 'pl', texts: { files } }));
  expect([1, 2, 5, 22].map((count) => t('files', { count }))).toEqual([
    '1 plik',
    '2 pliki',
    '5 plików',
    '22 pliki',
  ]);
});

test('places are filled wherever a language puts them, with more than text, too', () => {
  expect(fill('{b}, {a} {a}', { a: 'A', b: 7 })).toEqual(['', 7, ', ', 'A', ' ', 'A', '']);
  const t = translator({ run: 'Run {name}' });
  speakGerman({ run: '{name} starten' });
  const name = Symbol('an element');
  expect(t.rich('run', { name }).filter((piece) => piece !== '')).toEqual([name, ' starten']);
});

test('lists are written as the language writes them', () => {
  expect(listed(['1 failed', '2 running', '3 idle'])).toBe('1 failed, 2 running, 3 idle');
  speakGerman();
  expect(listed(['a', 'b', 'c'])).toBe('a, b und c');
});

test.each<['system' | LanguageId, string, LanguageId]>([
  ['system', 'de', 'de'],
  ['system', 'en', 'en'],
  ['system', 'fr', 'en'],
  ['system', '', 'en'],
  ['en', 'de', 'en'],
  ['de', 'en', 'de'],
])('chosen %s in a browser that speaks %s: %s', (chosen, browser, spoken) => {
  expect(languageFor(chosen, browser)).toBe(spoken);
});

test('times and numbers are those of the variety that a person likes', () => {
  expect(localeFor('en', ['de-AT', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(localeFor('de', ['den', 'en-US'])).toBe('de');
});

const ROOT = new URL('../../extension/', import.meta.url);

test('each language can be chosen, and the browser has its texts of it', async () => {
  for (const id of Object.keys(LANGUAGES)) {
    expect(FIELDS.language.read(id)).toBe(id);
    const path = new URL(`public/_locales/${id}/messages.json`, ROOT);
    const messages = JSON.parse(await readFile(path, 'utf8')) as Record<string, object>;
    expect(messages['language']).toMatchObject({ message: id });
    expect(Object.keys(messages)).toEqual(['language', 'name', 'description', 'nextAttention']);
  }
});

/** Names, and what is no language. */
const NO_WORDS =
  /^(Agentlight|Home|End|Enter|Escape|Arrow\w+|ABCD-EFGH|A D 1–9|al|input, textarea)$/;
const CODE = /^[:,]|\b(const|interface|type|extends|satisfies|function|case)\b/;

/** What a person could read, of the source of a component. */
function wordsIn(source: string): string[] {
  const code = source.replaceAll(/\/\*.*?\*\/|\/\/.*$|^import .*?;$/gms, '');
  const literals = [...code.matchAll(/'([^'\n]*)'|`([^`]*)`/g)]
    .map(([, plain, template]) => plain ?? (template ?? '').replaceAll(/\$\{[^}]*\}/g, ''))
    .filter((text) => /^\p{Lu}/u.test(text) || /^[\p{L}\s,.…]+ [\p{L}\s,.…]+$/u.test(text));
  const bare = code.replaceAll(/'[^'\n]*'|`[^`]*`/g, '');
  const attributes = bare.matchAll(/\s(?:aria-label|title|placeholder|label|help)="([^"]+)"/g);
  const texts = bare.matchAll(/(?<!=)[>}]([^<>{}=;()|&?]+)(?=[<{])/g);
  const rest = [...attributes, ...texts].map(([, text = '']) => text.trim());
  return [...literals, ...rest.filter((text) => !CODE.test(text))];
}

test('what is read of a component is found', () => {
  expect(
    wordsIn(`<p title="A title">{is ? 'Yes, it is' : \`No \${x}\`} and so on <b>b</b></p>`),
  ).toEqual(['Yes, it is', 'No ', 'A title', 'and so on', 'b']);
});

test('components have no words of their own', async () => {
  const found: string[] = [];
  for await (const path of glob('ui/**/*.tsx', { cwd: ROOT })) {
    const words = wordsIn(await readFile(new URL(path, ROOT), 'utf8'));
    const own = words.filter((text) => /\p{L}{2}/u.test(text) && !NO_WORDS.test(text));
    found.push(...own.map((text) => `${path}: ${text}`));
  }
  expect(found).toEqual([]);
});
