/** Query parameters: how they are declared, and read into the types of their schema. */
import type { Context } from 'hono';
import * as z from 'zod/mini';
import { check } from './input.ts';

/** Default: 0 and more. */
export const integerUpTo = (max: number, min = 0) =>
  z.pipe(
    z.string().check(
      z.regex(/^\d{1,15}$/, 'must be a whole number'),
      z.refine((text) => Number(text) >= min, { error: `must be at least ${min}` }),
      z.refine((text) => Number(text) <= max, { error: `must be at most ${max}` }),
    ),
    z.transform(Number),
  );

/** Position of an event in the log. */
export const position = integerUpTo(Number.MAX_SAFE_INTEGER);

/** On as `name`, `name=1` or `name=true`. */
export const flag = z.pipe(
  z.enum(['1', 'true', '', '0', 'false']),
  z.transform((text) => text !== '0' && text !== 'false'),
);

/** A parameter that is given twice is a list, which only a schema for lists accepts. */
export function readQuery<T extends z.ZodMiniObject>(c: Context, schema: T): z.output<T> {
  const given = Object.entries(c.req.queries()).map(([name, values]) => [
    name,
    values.length > 1 || isList(schema.shape[name]) ? values : values[0],
  ]);
  return check(schema, Object.fromEntries(given), 'query');
}

function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodMiniOptional) return isList(schema.def.innerType);
  return schema instanceof z.ZodMiniArray;
}

/** Where the next page starts, by the name of its parameter; nothing after the last page. */
export function nextPage(
  name: 'before' | 'after',
  page: readonly { seq: number }[],
  limit: number,
) {
  const last = page.at(-1);
  return last && page.length === limit ? { [name]: last.seq } : {};
}
