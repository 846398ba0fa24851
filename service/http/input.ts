/** Reads what a client sent, up to a limit, and checks it against a schema. */
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as z from 'zod/mini';
import type { Problem } from '../../protocol/wire/problem.ts';
import type { Http } from './context.ts';
import { throwProblem } from './problem.ts';

// without a locale, zod/mini says only "Invalid input"
z.config(z.locales.en());

/** Deepest nesting of arrays and objects in a body. */
const MAX_DEPTH = 32;

/** Whether the request has a body, or headers that announce one. */
export function hasBody(c: Context): boolean {
  const length = c.req.header('content-length') ?? '0';
  return length !== '0' || ['content-type', 'transfer-encoding'].some((name) => c.req.header(name));
}

/** In lower case, without parameters; '' when the request has none. */
export function mediaTypeOf(c: Context): string {
  return (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** @throws HttpProblem for another media type, or for invalid JSON. */
export async function readJson(c: Context<Http>): Promise<unknown> {
  if (mediaTypeOf(c) !== 'application/json') {
    const detail = 'Send JSON with the header "Content-Type: application/json".';
    throwProblem('unsupported-media-type', detail);
  }
  return parseJsonBody(await readText(c));
}

export async function readText(c: Context<Http>): Promise<string> {
  return (await c.get('body')()).toString();
}

/**
 * @param subject of the error's sentence. Default: the body.
 * @throws HttpProblem for invalid JSON, and for JSON that is nested too deeply.
 */
export function parseJsonBody(
  text: string,
  subject = 'The body',
  extra?: Problem['extra'],
): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = `${subject} is not valid JSON: ${(error as SyntaxError).message}.`;
    throwProblem('invalid-json', detail, { ...(extra && { extra }) });
  }
  if (isDeeperThan(value, MAX_DEPTH)) {
    const detail = `${subject} is nested deeper than ${MAX_DEPTH} levels.`;
    throwProblem('invalid-request', detail, { ...(extra && { extra }) });
  }
  return value;
}

/** @param where the value comes from, for the error: `path`, `query`, `headers` or `body`. */
export function check<T extends z.ZodMiniType>(
  schema: T,
  value: unknown,
  where: string,
): z.output<T> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  return throwInvalid(
    checked.error.issues.map(({ path, message }) => ({ at: [where, ...path].join('.'), message })),
  );
}

/** @param errors at least one. @throws HttpProblem always; its detail is the first error. */
export function throwInvalid(errors: readonly { at: string; message: string }[]): never {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see "errors")` : '';
  return throwProblem('invalid-request', `${first?.at}: ${first?.message}${more}.`, {
    extra: { errors: errors.slice(0, 20) },
  });
}

/**
 * Refuses bodies over the limit, also on routes that read none. It reads from the Node request, because a web
 * `Request` with its stream costs more than all other work on a small body.
 */
export function limitBody(maxBytes: number): MiddlewareHandler<Http> {
  const throwTooLarge = () =>
    throwProblem(
      'too-large',
      `The body is larger than ${maxBytes} bytes (AGENTLIGHT_MAX_BODY_BYTES). Send less at once.`,
      { limit: 'body_bytes' },
    );
  const read = async (body: AsyncIterable<Buffer>) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throwTooLarge();
      chunks.push(chunk);
    }
    // most bodies are one chunk, which needs no copy
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  };
  return createMiddleware<Http>(async (c, next) => {
    if (Number(c.req.header('content-length') ?? 0) > maxBytes) throwTooLarge();
    let bytes: Promise<Buffer> | undefined;
    c.set('body', () => (bytes ??= read(c.env.incoming)));
    if (c.req.header('transfer-encoding') !== undefined) await c.get('body')();
    await next();
  });
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((inner) => isDeeperThan(inner, levels - 1));
  // for…in makes no list of the values, and this visits every member of every body
  for (const key in value) {
    if (isDeeperThan(value[key as keyof typeof value], levels - 1)) return true;
  }
  return false;
}
