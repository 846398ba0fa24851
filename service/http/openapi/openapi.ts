/** OpenAPI 3.1 from the declarations of the routes. */
import type { EventType } from '../../../protocol/events/event.ts';
import { EVENT_KINDS } from '../../../protocol/events/event.ts';
import { ANSWERS, eventSchema } from '../../../protocol/wire/answers.ts';
import type { ProblemType } from '../../../protocol/wire/problem.ts';
import { PROBLEMS } from '../../../protocol/wire/problem.ts';
import type { Answer, Route } from '../route.ts';
import { ANSWER_EXAMPLES, STREAM_EXAMPLE } from './examples.ts';
import { answersToJson, refTo, requestToJson } from './json-schema.ts';

const TYPES = Object.keys(EVENT_KINDS) as EventType[];

export function openApi(version: string, routes: readonly Route[]): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Agentlight',
      version,
      description:
        'A status light for agents: a log of events that clients follow as Server-Sent Events.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths: Object.fromEntries(
      [...Map.groupBy(routes, pathOf)].map(([path, ofPath]) => [
        path,
        Object.fromEntries(ofPath.map((route) => [route.method.toLowerCase(), describe(route)])),
      ]),
    ),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        tokenInAddress: {
          type: 'apiKey',
          in: 'query',
          name: 'token',
          description:
            'For clients that cannot send headers, such as EventSource. The token may have no scope but `read`.',
        },
      },
      schemas: {
        ...answersToJson({
          ...ANSWERS,
          ...Object.fromEntries(TYPES.map((type) => [type, eventSchema(type)])),
        }),
        Event: {
          description: 'An event of the log. Readers must ignore types that they do not know.',
          oneOf: TYPES.map((type) => ({ $ref: refTo(type) })),
          discriminator: {
            propertyName: 'type',
            mapping: Object.fromEntries(TYPES.map((type) => [type, refTo(type)])),
          },
        },
      },
    },
  };
}

/** `/v1/runs/{id}` */
export function pathOf({ path }: Pick<Route, 'path'>): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function describe(route: Route): object {
  const { id, summary, scopes, takesTokenInQuery, body, answers } = route;
  return {
    operationId: id,
    summary,
    ...(scopes.length > 0 && { description: `Needs the scope ${scopes.join(' or ')}.` }),
    security: [
      ...(scopes.length > 0 ? [{ token: [] }] : []),
      ...(takesTokenInQuery ? [{ tokenInAddress: [] }] : []),
    ],
    parameters: [
      ...parametersOf('path', route.params),
      // the token is described as a security scheme
      ...parametersOf('query', route.query).filter(({ name }) => name !== 'token'),
      ...parametersOf('header', route.headers),
    ],
    ...(body && {
      requestBody: {
        required: body.isOptional !== true,
        content: mapValues({ 'application/json': body, ...body.others }, ({ schema, example }) => ({
          schema: requestToJson(schema),
          example,
        })),
      },
    }),
    responses: { ...mapValues(answers, describeAnswer), ...describeProblems(route) },
  };
}

function parametersOf(place: 'path' | 'query' | 'header', schema: Route['params']) {
  const { properties = {}, required = [] } = schema ? requestToJson(schema) : {};
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function describeAnswer({ description, mediaType, name }: Answer): object {
  if (mediaType === undefined) return { description };
  const content = name
    ? { schema: { $ref: refTo(name) }, example: ANSWER_EXAMPLES[name] }
    : mediaType === 'text/event-stream'
      ? STREAM
      : { schema: { type: mediaType === 'application/json' ? 'object' : 'string' } };
  return { description, content: { [mediaType]: content } };
}

/** OpenAPI 3.1 cannot describe the messages of a stream; the extension names the JSON of each kind. */
const STREAM = {
  schema: { type: 'string' },
  example: STREAM_EXAMPLE,
  'x-messages': {
    hello: { $ref: refTo('Hello') },
    snapshot: { $ref: refTo('Snapshot') },
    message: { $ref: refTo('Event') },
    bye: { $ref: refTo('Bye') },
  },
};

/** Every problem of a route: those that it declares, and those that follow from the declaration. */
function problemsOf({ method, path, scopes, params, query, headers, body, problems }: Route) {
  const needsService = path.startsWith('/v1/');
  const followsFrom = (condition: unknown, ...types: ProblemType[]) => (condition ? types : []);
  return new Set([
    ...followsFrom(true, 'misdirected-host', 'foreign-origin', 'internal'),
    ...(problems ?? []),
    ...followsFrom(scopes.length > 0, 'unauthorized', 'forbidden'),
    ...followsFrom(method !== 'GET', 'too-large'),
    ...followsFrom(body, 'invalid-request', 'invalid-json', 'unsupported-media-type'),
    ...followsFrom(needsService, 'unavailable'),
    ...followsFrom(needsService && (params ?? query ?? headers), 'invalid-request'),
  ]);
}

/** By status, because OpenAPI has one response for each. */
function describeProblems(route: Route): Record<number, object> {
  const byStatus = Map.groupBy(problemsOf(route), (type): number => PROBLEMS[type][0]);
  return Object.fromEntries(
    [...byStatus].map(([status, types]) => {
      const header = PROBLEM_HEADERS[status];
      const only = { type: { enum: types.map((type) => `/problems/${type}`) } };
      const response = {
        description: types.map((type) => `${type}: ${PROBLEMS[type][1]}.`).join(' '),
        ...(header && { headers: { [header]: { schema: { type: 'string' } } } }),
        content: {
          'application/problem+json': { schema: { $ref: refTo('Problem'), properties: only } },
        },
      };
      return [status, response];
    }),
  );
}

const PROBLEM_HEADERS: Readonly<Record<number, string>> = {
  401: 'WWW-Authenticate',
  429: 'Retry-After',
  503: 'Retry-After',
};

function mapValues<T, U>(
  table: Readonly<Record<string, T>>,
  map: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, map(value)]));
}
