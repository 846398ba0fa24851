/** Reads JSON whose shape nobody promises. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper values are refused: what walks through them later must not run out of stack. */
const MAX_DEPTH = 100;

/** The object in a text; undefined for anything else, and for what is nested absurdly deep. */
export function parseObject(text: string): JsonObject | undefined {
  // most lines that are no JSON are told by their first character, which is cheaper than an exception
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && isWithin(value, MAX_DEPTH) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWithin(value: object, depth: number): boolean {
  if (depth === 0) return false;
  return Object.values(value).every(
    (inner: unknown) => typeof inner !== 'object' || inner === null || isWithin(inner, depth - 1),
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value itself if it is an object, else an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The objects of a list; none if it is no list. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value if it is a list, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The value if it is a text, else ''. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value if it is a text with something in it. */
export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value if it is a number that can be counted with: whole, not negative, exact. */
export function countFrom(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
