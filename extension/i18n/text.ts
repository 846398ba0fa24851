/** Texts with placeholders, such as `{name} failed`, and their types. Pure. */

/** One form per plural category of `Intl.PluralRules`, chosen by the value of `{count}`. */
export type Plural = { readonly [form in Exclude<Intl.LDMLPluralRule, 'other'>]?: string } & {
  readonly other: string;
};
export type Text = string | Plural;
export type Catalogue = Readonly<Record<string, Text>>;

type Forms<T> = T extends string ? T : Extract<T[keyof T], string>;
type PlaceholdersIn<S> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholdersIn<Rest>
  : never;
/** Names of a text's placeholders, over all of its forms. */
export type Placeholders<T> = PlaceholdersIn<Forms<T>>;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** A catalogue with exactly the keys of another, and the same placeholders in each text. */
type Translated<E extends Catalogue, D> = {
  readonly [K in keyof D]: K extends keyof E
    ? Same<Placeholders<E[K]>, Placeholders<D[K]>> extends true
      ? D[K]
      : `placeholders other than ${Placeholders<E[K]>}`
    : never;
};

/** Checks a translation against the English catalogue by type alone, so that English is not loaded with it. */
export function translationOf<E extends Catalogue>() {
  return <const D extends { readonly [K in keyof E]: Text }>(texts: D & Translated<E, D>): D =>
    texts;
}

/** Splits a text at its placeholders and fills in the values. A placeholder without a value stays as it is. */
export function fill<T>(text: string, values: Readonly<Record<string, T>>): (string | T)[] {
  return text
    .split(/\{(\w+)\}/)
    .map((piece, index) => (index % 2 === 0 ? piece : (values[piece] ?? `{${piece}}`)));
}
