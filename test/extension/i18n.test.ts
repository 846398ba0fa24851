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
import {
  LANGUAGES,
  languageFor,
  listed,
  localeFor,
  setLanguageSource,
} from '../../extension/i18n/language.ts';
import type { Catalogue, Text } from '../../extension/i18n/text.ts';
import { fill, translationOf } from '../../extension/i18n/text.ts';
import { translator } from '../../extension/i18n/translate.ts';
import { FIELDS } from '../../extension/shared/settings.ts';

afterEach(() => setLanguageSource(() => ({ id: 'en', locale: undefined, texts: {} })));

function useGerman(texts: Catalogue = dePages): void {
  setLanguageSource(() => ({ id: 'de', locale: 'de-DE', texts }));
}

const forms = (text: Text) => (typeof text === 'string' ? [text] : Object.values(text));

function placeholdersIn(text: Text): string[] {
  const found = forms(text).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)]);
  return [...new Set(found.map(([, name = '']) => name))].sort();
}

const TRANSLATED: [string, Catalogue, Catalogue][] = [
  ['de, worker', { ...common, ...worker }, deBackground],
  ['de, pages', { ...common, ...list, ...run, ...options }, dePages],
];

test.each(TRANSLATED)(
  '%s: has every English text, with the same placeholders',
  (_name, en, other) => {
    expect(Object.keys(other).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      expect([key, placeholdersIn(other[key] ?? '')]).toEqual([key, placeholdersIn(text)]);
    }
  },
);

test.each(TRANSLATED)(
  '%s: no text is empty, and every plural uses its count',
  (_name, en, other) => {
    for (const [key, text] of [...Object.entries(en), ...Object.entries(other)]) {
      for (const form of forms(text)) expect([key, form.trim()]).not.toEqual([key, '']);
      if (typeof text !== 'string')
        expect([key, placeholdersIn(text)]).toEqual([key, placeholdersIn(text.other)]);
      if (typeof text !== 'string') expect([key, ...placeholdersIn(text)]).toContain('count');
    }
  },
);

test('no key is used twice in the parts that a page or the worker combines', () => {
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

test('the compiler checks keys and placeholders', () => {
  const check = translationOf<{ readonly hello: 'Hello {name}' }>();
  check({ hello: 'Hallo {name}' });
  check({ hello: { one: '{name}!', other: 'Hallo {name}' } });
  // @ts-expect-error: a placeholder has another name
  check({ hello: 'Hallo {nam}' });
  // @ts-expect-error: a placeholder is missing
  check({ hello: 'Hallo' });
  // @ts-expect-error: a text is missing
  check({});
  // @ts-expect-error: there is no such key
  check({ hello: 'Hallo {name}', bye: 'Tschüss' });
  const t = translator({ hello: 'Hello {name}' });
  // @ts-expect-error: a value is missing
  expect(t('hello')).toBe('Hello {name}');
});

test('the plural form follows the count, and numbers are formatted for the locale', () => {
  const t = translator({ files: { one: '{count} file', other: '{count} files' }, of: '{a}/{b}' });
  expect([0, 1, 2].map((count) => t('files', { count }))).toEqual(['0 files', '1 file', '2 files']);
  expect(t('files', { count: 12_345 })).toBe('12,345 files');
  useGerman({ files: { one: '{count} Datei', other: '{count} Dateien' } });
  expect([0, 1].map((count) => t('files', { count }))).toEqual(['0 Dateien', '1 Datei']);
  expect(t('files', { count: 12_345 })).toBe('12.345 Dateien');
  // a missing text falls back to English
  expect(t('of', { a: 1, b: '{a}' })).toBe('1/{a}');
});

test('a language can have more plural forms than English', () => {
  const t = translator({ files: '{count} files' });
  const files = { one: '{count} plik', few: '{count} pliki', other: '{count} plików' };
  setLanguageSource(() => ({ id: 'en', locale: 'pl', texts: { files } }));
  expect([1, 2, 5, 22].map((count) => t('files', { count }))).toEqual([
    '1 plik',
    '2 pliki',
    '5 plików',
    '22 pliki',
  ]);
});

test('placeholders are filled in any order, with text or with elements', () => {
  expect(fill('{b}, {a} {a}', { a: 'A', b: 7 })).toEqual(['', 7, ', ', 'A', ' ', 'A', '']);
  const t = translator({ run: 'Run {name}' });
  useGerman({ run: '{name} starten' });
  const name = Symbol('an element');
  expect(t.rich('run', { name }).filter((piece) => piece !== '')).toEqual([name, ' starten']);
});

test('lists follow the language', () => {
  expect(listed(['1 failed', '2 running', '3 idle'])).toBe('1 failed, 2 running, 3 idle');
  useGerman();
  expect(listed(['a', 'b', 'c'])).toBe('a, b und c');
});

test.each<['system' | LanguageId, string, LanguageId]>([
  ['system', 'de', 'de'],
  ['system', 'en', 'en'],
  ['system', 'fr', 'en'],
  ['system', '', 'en'],
  ['en', 'de', 'en'],
  ['de', 'en', 'de'],
])('setting %s in a browser in %s: %s', (chosen, browser, expected) => {
  expect(languageFor(chosen, browser)).toBe(expected);
});

test('times and numbers follow the person’s preferred variety of the language', () => {
  expect(localeFor('en', ['de-AT', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(localeFor('de', ['den', 'en-US'])).toBe('de');
});

const ROOT = new URL('../../extension/', import.meta.url);

test('each language can be chosen, and has texts for the browser', async () => {
  for (const id of Object.keys(LANGUAGES)) {
    expect(FIELDS.language.read(id)).toBe(id);
    const path = new URL(`public/_locales/${id}/messages.json`, ROOT);
    const messages = JSON.parse(await readFile(path, 'utf8')) as Record<string, object>;
    expect(messages['language']).toMatchObject({ message: id });
    expect(Object.keys(messages)).toEqual(['language', 'name', 'description', 'nextAttention']);
  }
});

/** Names and other texts that are the same in every language. */
const NO_WORDS =
  /^(Agentlight|Home|End|Enter|Escape|Arrow\w+|ABCD-EFGH|A D 1–9|al|input, textarea)$/;
const CODE = /^[:,]|\b(const|interface|type|extends|satisfies|function|case)\b/;

/** Texts in a component's source that a person could read. */
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

test('every text is used', async () => {
  const used: RegExp[] = [];
  for await (const path of glob('{background,entrypoints,page,shared,ui}/**/*.{ts,tsx}', {
    cwd: ROOT,
  })) {
    const source = await readFile(new URL(path, ROOT), 'utf8');
    for (const [, key = ''] of source.matchAll(/['`]([a-z][\w.${}-]*)['`]/g)) {
      const pattern = key.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[\\w-]+');
      used.push(new RegExp(`^${pattern}$`));
    }
  }
  const keys = [common, worker, list, run, options].flatMap((part) => Object.keys(part));
  expect(keys.filter((key) => !used.some((pattern) => pattern.test(key)))).toEqual([]);
});

test('texts in the source of a component are found', () => {
  expect(
    wordsIn(`<p title="A title">{is ? 'Yes, it is' : \`No \${x}\`} and so on <b>b</b></p>`),
  ).toEqual(['Yes, it is', 'No ', 'A title', 'and so on', 'b']);
});

test('components contain no texts of their own', async () => {
  const found: string[] = [];
  for await (const path of glob('ui/**/*.tsx', { cwd: ROOT })) {
    const words = wordsIn(await readFile(new URL(path, ROOT), 'utf8'));
    const own = words.filter((text) => /\p{L}{2}/u.test(text) && !NO_WORDS.test(text));
    found.push(...own.map((text) => `${path}: ${text}`));
  }
  expect(found).toEqual([]);
});
