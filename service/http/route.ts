/**
 * How a route is declared: once, as data and handler together.
 *
 * The app, its guards and input checks, OpenAPI, the table in docs/protocol.md and the tests of refused requests all
 * derive from these declarations.
 */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as z from 'zod/mini';
import type { Actor } from '../../protocol/decide/command.ts';
import { agentIdSchema, uuidSchema } from '../../protocol/wire/ids.ts';
import type { AnswerName } from '../../protocol/wire/answers.ts';
import type { Scope } from '../../protocol/wire/messages.ts';
import type { ProblemType } from '../../protocol/wire/problem.ts';
import type { Http, Services } from './context.ts';
import { check, hasBody, readJson } from './input.ts';
import { readQuery } from './query.ts';

type Fields = z.ZodMiniObject;
type None = z.ZodMiniObject<Record<never, never>>;

export interface Declaration<
  Params extends Fields,
  Query extends Fields,
  Headers extends Fields,
  Content,
> {
  /** `operationId` of OpenAPI; unique. */
  readonly id: string;
  /** Method and path, with parameters as Hono writes them. */
  readonly at: `${'GET' | 'PUT' | 'POST' | 'DELETE'} /${string}`;
  readonly summary: string;
  /** One of these is enough, and `admin` always is. None: the route needs no token. */
  readonly scopes: readonly Scope[];
  /** The token may be in the query, where it is limited to the scope `read`. */
  readonly takesTokenInQuery?: true;
  /** Accepts a token that was valid before the database stopped answering. */
  readonly worksWithoutDatabase?: true;
  /** Checks a signature that replaces the token. @returns undefined if the request has none. */
  readonly signer?: (c: Context<Http>, services: Services) => Promise<Actor | undefined>;
  readonly params?: Params;
  /** Without it, query parameters are ignored. */
  readonly query?: Query;
  readonly headers?: Headers;
  readonly body?: Body<Content>;
  /** By status. The first one is the status of an answer that is no `Response`. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Besides those that follow from the rest of the declaration; see `problemsOf`. */
  readonly problems?: readonly ProblemType[];
  handle(
    input: {
      readonly c: Context<Http>;
      /** Undefined only on routes without a token. */
      readonly actor: Actor;
      readonly params: z.output<Params>;
      readonly query: z.output<Query>;
      readonly headers: z.output<Headers>;
      readonly body: Content;
    },
    services: Services,
  ): Answered | Promise<Answered>;
}

/** An object is sent as JSON; undefined is an answer without content. */
type Answered = Response | object | undefined;

/** Any route. */
export interface Route extends Declaration<Fields, Fields, Fields, unknown> {
  readonly method: string;
  readonly path: string;
}

/** Gives the handler's input the types of the declared schemas. */
export function route<
  Params extends Fields = None,
  Query extends Fields = None,
  Headers extends Fields = None,
  Content = undefined,
>(declaration: Declaration<Params, Query, Headers, Content>): Route {
  const [method = '', path = ''] = declaration.at.split(' ');
  return { ...declaration, method, path };
}

/** Checks the whole input of a request, then answers it. @throws HttpProblem */
export async function handle(
  declared: Route,
  c: Context<Http>,
  services: Services,
): Promise<Response> {
  const { params, query, headers, body } = declared;
  const input = {
    c,
    actor: c.get('actor'),
    params: params ? check(params, c.req.param(), 'path') : {},
    query: query ? readQuery(c, query) : {},
    headers: headers ? check(headers, headersOf(c, headers), 'headers') : {},
    body: await body?.read(c),
  };
  const answered = await declared.handle(input, services);
  // the server replaces the global Response, of which its own constant for streams is no instance
  if (answered === RESPONSE_ALREADY_SENT) return RESPONSE_ALREADY_SENT;
  if (answered instanceof Response) return answered;
  const [status] = Object.keys(declared.answers).map(Number);
  return answered === undefined
    ? c.body(null, 204)
    : c.json(answered, status as ContentfulStatusCode);
}

function headersOf(c: Context, { shape }: Fields): object {
  return Object.fromEntries(Object.keys(shape).map((name) => [name, c.req.header(name)]));
}

/** Paths with the id of an agent; of a run, a token or an approval. */
export const agentPath = z.object({ id: agentIdSchema });
export const uuidPath = z.object({ id: uuidSchema });

export interface Body<Content> {
  /** Of the JSON. */
  readonly schema: z.ZodMiniType;
  readonly example: unknown;
  readonly isOptional?: true;
  /** By media type: what is accepted instead of JSON. */
  readonly others?: Readonly<Record<string, { schema: z.ZodMiniType; example: unknown }>>;
  /** @throws HttpProblem */
  read(c: Context<Http>): Promise<Content>;
}

export function jsonBody<T extends z.ZodMiniType>(schema: T, example: unknown) {
  return {
    schema,
    example,
    read: async (c: Context<Http>): Promise<z.output<T>> =>
      check(schema, await readJson(c), 'body'),
  };
}

/** No body is the same as `{}`. */
export function optionalJsonBody<T extends z.ZodMiniType>(schema: T, example: unknown) {
  const { read, ...body } = jsonBody(schema, example);
  const readOptional = async (c: Context<Http>) =>
    hasBody(c) ? read(c) : check(schema, {}, 'body');
  return { ...body, isOptional: true as const, read: readOptional };
}

export interface Answer {
  readonly description: string;
  /** Undefined: no content. */
  readonly mediaType?: string;
  /** Schema and example of the JSON. */
  readonly name?: AnswerName;
}

export const NO_CONTENT: Answer = { description: 'Done.' };

export function jsonAnswer(name: AnswerName, description: string): Answer {
  return { description, mediaType: 'application/json', name };
}
