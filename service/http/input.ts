/**
 * Reading what a client sent: bounded, then checked against a schema, with an error that says where.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as z from 'zod/mini';
import type { Problem } from '../../protocol/wire/problem.ts';
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
  return check(schema, await readJson(c), 'body');
}

/** @throws ProblemError for another media type, or for bad JSON. */
export async function readJson(c: Context<Http>): Promise<unknown> {
  requireJson(c);
  const bytes = await c.get('body')();
  return parseJson(bytes.toString());
}

/** The media type of the body, in lower case, without parameters; '' when it has none. */
export function mediaTypeOf(c: Context): string {
  return (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** @throws ProblemError */
export function requireJson(c: Context): void {
  if (mediaTypeOf(c) === 'application/json') return;
  refuse('unsupported-media-type', 'Send JSON, with the header "Content-Type: application/json".');
}

/**
 * @param what as the error calls it. Default: the body.
 * @throws ProblemError for bad JSON, and for JSON that is nested too deep.
 */
export function parseJson(text: string, what = 'The body', extra?: Problem['extra']): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = `${what} is not valid JSON: ${(error as SyntaxError).message}.`;
    return refuse('invalid-json', detail, { ...(extra && { extra }) });
  }
  if (isDeeperThan(value, MAX_DEPTH)) {
    const detail = `${what} is nested deeper than ${MAX_DEPTH} levels.`;
    refuse('invalid-request', detail, { ...(extra && { extra }) });
  }
  return value;
}

/**
 * Refuses bodies that are too large, also where a route reads none. They are read from the connection itself: a web
 * `Request` with its stream would cost more than everything else that is done with a small body.
 */
export function limitBody(maxBytes: number): MiddlewareHandler<Http> {
  const tooLarge = () =>
    refuse(
      'too-large',
      `A body may have at most ${maxBytes} bytes (AGENTLIGHT_MAX_BODY_BYTES). Send less at once.`,
      { limit: 'body_bytes' },
    );
  const read = async (body: AsyncIterable<Buffer> | undefined) => {
    if (!body) return Buffer.alloc(0);
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > maxBytes) tooLarge();
      pieces.push(piece);
    }
    // most bodies are one piece, which needs no copy
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  };
  return createMiddleware<Http>(async (c, next) => {
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) tooLarge();
    const hasNoLength = c.req.header('transfer-encoding') !== undefined;
    const bytes = hasNoLength ? await read(c.env.incoming) : undefined;
    c.set('body', async () => bytes ?? (await read(c.env.incoming)));
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
  if (Array.isArray(value)) return value.some((inner) => isDeeperThan(inner, levels - 1));
  // no list of the values: this looks at every member of every body
  for (const key in value) {
    if (isDeeperThan(value[key as keyof typeof value], levels - 1)) return true;
  }
  return false;
}
