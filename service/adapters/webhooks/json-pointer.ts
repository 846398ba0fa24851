/** JSON Pointer, RFC 6901. */

/** The parts of a pointer; undefined if it is invalid. */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  const parts = pointer.slice(1).split('/');
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a pointer; undefined if there is none. @param pointer a valid pointer. */
export function valueAt(document: unknown, pointer: string): unknown {
  return (parsePointer(pointer) ?? []).reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) {
      return undefined;
    }
    // `length` is an own property of arrays, too
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(part)) return undefined;
    return (value as Readonly<Record<string, unknown>>)[part];
  }, document);
}
