/** Texts of a catalogue in the language that is spoken, with values in their places. */
import { language, perLocale } from './language.ts';
import type { Catalogue, Holes, Text } from './text.ts';
import { fill } from './text.ts';

/** Numbers are written as the language writes them. */
type Value = string | number;
type Values<T> = [Holes<T>] extends [never] ? [] : [values: Readonly<Record<Holes<T>, Value>>];

export interface Translate<E extends Catalogue> {
  <K extends keyof E & string>(key: K, ...values: Values<E[K]>): string;
  /** In pieces, for what is more than text: an element in each place. */
  rich<K extends keyof E & string, V>(
    key: K,
    values: Readonly<Record<Holes<E[K]>, V>>,
  ): (string | V)[];
}

const formats = perLocale((locale) => ({
  plural: new Intl.PluralRules(locale),
  number: new Intl.NumberFormat(locale),
}));

export function translator<const E extends Catalogue>(english: E): Translate<E> {
  const textOf = (key: string, count?: Value) =>
    inForm(language().texts[key] ?? english[key] ?? key, count);
  const say = (key: string, values: Readonly<Record<string, Value>> = {}) =>
    fill(textOf(key, values['count']), values).map(written).join('');
  const rich = <V>(key: string, values: Readonly<Record<string, V>>) => fill(textOf(key), values);
  return Object.assign(say, { rich });
}

function inForm(text: Text, count: Value | undefined): string {
  if (typeof text === 'string') return text;
  return (
    (typeof count === 'number' ? text[formats().plural.select(count)] : undefined) ?? text.other
  );
}

function written(value: Value): string {
  return typeof value === 'number' ? formats().number.format(value) : value;
}
