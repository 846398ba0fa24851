/** Reads JSON of unknown shape. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper values are rejected, so that recursive code does not run out of stack. */
const MAX_DEPTH = 100;

/** Parses a JSON object; undefined for anything else and for objects that are nested too deeply. */
export function parseObject(text: string): JsonObject | undefined {
  // the first character rules out most other lines, which is cheaper than an exception
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

/** The value if it is an object, else an empty object. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The objects in an array; empty if the value is not an array. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value if it is an array, else an empty array. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The value if it is a string, else ''. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value if it is a string and not empty, else undefined. */
export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value if it is a safe integer of at least 0, else undefined. */
export function countFrom(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
