/** Texts with places for values, such as `{name} failed`, and what the compiler knows of them. Pure. */

/** Forms by the count that they are used with, as `Intl.PluralRules` calls them. */
export type Plural = { readonly [form in Exclude<Intl.LDMLPluralRule, 'other'>]?: string } & {
  readonly other: string;
};
export type Text = string | Plural;
export type Catalogue = Readonly<Record<string, Text>>;

type Forms<T> = T extends string ? T : Extract<T[keyof T], string>;
type HolesIn<S> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | HolesIn<Rest> : never;
/** Names of the places of a text, in any of its forms. */
export type Holes<T> = HolesIn<Forms<T>>;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** A catalogue with exactly the keys of another, and in each text the same places. */
type Translated<E extends Catalogue, D> = {
  readonly [K in keyof D]: K extends keyof E
    ? Same<Holes<E[K]>, Holes<D[K]>> extends true
      ? D[K]
      : `other places than ${Holes<E[K]>}`
    : never;
};

/** Checks one catalogue against another; a type is enough, so that English is not loaded for it. */
export function translationOf<E extends Catalogue>() {
  return <const D extends { readonly [K in keyof E]: Text }>(texts: D & Translated<E, D>): D =>
    texts;
}

/** The text in its pieces, with what stands in for each place. What has no value stays as it is. */
export function fill<T>(text: string, values: Readonly<Record<string, T>>): (string | T)[] {
  return text
    .split(/\{(\w+)\}/)
    .map((piece, index) => (index % 2 === 0 ? piece : (values[piece] ?? `{${piece}}`)));
}
