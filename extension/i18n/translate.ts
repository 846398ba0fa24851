/** Looks up texts in the current language and fills in their placeholders. */
import { language, perLocale } from './language.ts';
import type { Catalogue, Placeholders, Text } from './text.ts';
import { fill } from './text.ts';

/** Numbers are formatted for the locale. */
type Value = string | number;
type Values<T> = [Placeholders<T>] extends [never]
  ? []
  : [values: Readonly<Record<Placeholders<T>, Value>>];

export interface Translate<E extends Catalogue> {
  <K extends keyof E & string>(key: K, ...values: Values<E[K]>): string;
  /** The text in pieces, for placeholders that hold elements. Not for plurals. */
  rich<K extends keyof E & string, V>(
    key: K,
    values: Readonly<Record<Placeholders<E[K]>, V>>,
  ): (string | V)[];
}

const formats = perLocale((locale) => ({
  plural: new Intl.PluralRules(locale),
  number: new Intl.NumberFormat(locale),
}));

export function translator<const E extends Catalogue>(english: E): Translate<E> {
  const textOf = (key: string, count?: Value) =>
    pluralForm(language().texts[key] ?? english[key] ?? key, count);
  const say = (key: string, values: Readonly<Record<string, Value>> = {}) =>
    fill(textOf(key, values['count']), values).map(format).join('');
  const rich = <V>(key: string, values: Readonly<Record<string, V>>) => fill(textOf(key), values);
  return Object.assign(say, { rich });
}

function pluralForm(text: Text, count: Value | undefined): string {
  if (typeof text === 'string') return text;
  return (
    (typeof count === 'number' ? text[formats().plural.select(count)] : undefined) ?? text.other
  );
}

function format(value: Value): string {
  return typeof value === 'number' ? formats().number.format(value) : value;
}
