/**
 * Reading what a client sent: bounded, then checked against a schema, with an error that says where.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as z from 'zod/mini';
import type { Http } from './context.ts';
import { refuse } from './problem-error.ts';

// zod/mini says only "Invalid input" unless it is given a language
z.config(z.locales.en());

/** Whether the client sent a body, or at least says that it is JSON or something else. */
export function hasBody(c: Context): boolean {
  const length = c.req.header('content-length') ?? '0';
  return length !== '0' || ['content-type', 'transfer-encoding'].some((name) => c.req.header(name));
}

/** Deepest nesting of arrays and objects in a body. */
const MAX_DEPTH = 32;

/** @throws ProblemError for another media type, for bad JSON, or for what the schema refuses. */
export async function readBody<T extends z.ZodMiniType>(
  c: Context<Http>,
  schema: T,
): Promise<z.output<T>> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    refuse(
      'unsupported-media-type',
      'Send JSON, with the header "Content-Type: application/json".',
    );
  }
  const text = await c.get('body')();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    refuse('invalid-json', `The body is not valid JSON: ${(error as SyntaxError).message}.`);
  }
  if (isDeeperThan(value, MAX_DEPTH)) {
    refuse('invalid-request', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  }
  return check(schema, value, 'body');
}

/**
 * Refuses bodies that are too large, also where a route reads none. They are read from the connection itself: a web
 * `Request` with its stream would cost more than everything else that is done with a small body.
 */
export function limitBody(maxBytes: number): MiddlewareHandler<Http> {
  const tooLarge = () =>
    refuse('too-large', `A body may have at most ${maxBytes} bytes. Send less at once.`);
  const read = async (body: AsyncIterable<Buffer> | undefined) => {
    if (!body) return '';
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > maxBytes) tooLarge();
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString();
  };
  return createMiddleware<Http>(async (c, next) => {
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) tooLarge();
    const hasNoLength = c.req.header('transfer-encoding') !== undefined;
    const text = hasNoLength ? await read(c.env.incoming) : undefined;
    c.set('body', async () => text ?? (await read(c.env.incoming)));
    await next();
  });
}

/** @param where what the value is, for the error: `body`, `path` or `query`. */
export function check<T extends z.ZodMiniType>(
  schema: T,
  value: unknown,
  where: string,
): z.output<T> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const errors = checked.error.issues.map((issue) => ({
    at: [where, ...issue.path].join('.'),
    message: issue.message,
  }));
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see "errors")` : '';
  return refuse('invalid-request', `${first?.at}: ${first?.message}${more}.`, {
    extra: { errors: errors.slice(0, 20) },
  });
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
