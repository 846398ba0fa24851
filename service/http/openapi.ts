/** The description of the HTTP interface as OpenAPI 3.1, made from the schemas that check the requests. */
import type { EventType } from '../../protocol/events/event.ts';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import type { ProblemType } from '../../protocol/wire/problem.ts';
import { PROBLEMS } from '../../protocol/wire/problem.ts';
import { answerSchemas } from './answers.ts';
import { EXAMPLES, STREAM_EXAMPLE } from './examples.ts';
import type { JsonSchema } from './json-schema.ts';
import { refTo, requestToJson } from './json-schema.ts';
import type { Answer, Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

const TYPES = Object.keys(EVENT_KINDS) as EventType[];

export function openApi(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Agentlight',
      version,
      description: 'A status light for agents: one log of events, followed as Server-Sent Events.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths: mapValues(OPERATIONS, (methods, path) =>
      mapValues(methods, (operation, method) => describe(operation, method, path)),
    ),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        tokenInAddress: {
          type: 'apiKey',
          in: 'query',
          name: 'token',
          description:
            'For clients that can send no header, such as EventSource: a token that can do nothing but read.',
        },
      },
      schemas: {
        ...answerSchemas(),
        Event: {
          description: 'An event of the log. Readers ignore types that they do not know.',
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

function describe(operation: Operation, method: string, path: string): object {
  const { id, summary, scopes, takesTokenInAddress, body, isBodyOptional, answers } = operation;
  const { otherBodies = {} } = operation;
  const needsToken = scopes.length > 0;
  return {
    operationId: id,
    summary,
    ...(needsToken && { description: `Needs a token with the scope ${scopes.join(' or ')}.` }),
    security: [
      ...(needsToken ? [{ token: [] }] : []),
      ...(takesTokenInAddress ? [{ tokenInAddress: [] }] : []),
    ],
    parameters: parametersOf(operation),
    ...(body && {
      requestBody: {
        required: isBodyOptional !== true,
        content: {
          'application/json': { schema: requestToJson(body), example: EXAMPLES[id]?.body },
          ...mapValues(otherBodies, (schema, mediaType) => ({
            schema: requestToJson(schema),
            example: EXAMPLES[id]?.otherBodies?.[mediaType],
          })),
        },
      },
    }),
    responses: {
      ...mapValues(answers, (answer) => describeAnswer(answer, id)),
      ...problemsOf(operation, method, path),
    },
  };
}

function describeAnswer(answer: Answer, id: string): object {
  const { description, mediaType = 'application/json', schema } = answer;
  if (mediaType === '') return { description };
  if (mediaType === 'text/event-stream') return describeStream(description);
  if (!schema) {
    const type = mediaType === 'application/json' ? 'object' : 'string';
    return { description, content: { [mediaType]: { schema: { type } } } };
  }
  const example = EXAMPLES[id]?.answer;
  return { description, content: { [mediaType]: { schema: { $ref: refTo(schema) }, example } } };
}

/** OpenAPI 3.1 has no word for what a stream is made of: the extension names the JSON of each kind of message. */
function describeStream(description: string): object {
  return {
    description,
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: STREAM_EXAMPLE,
        'x-messages': {
          hello: { $ref: refTo('Hello') },
          snapshot: { $ref: refTo('Snapshot') },
          message: { $ref: refTo('Event') },
          bye: { $ref: refTo('Bye') },
        },
      },
    },
  };
}

function parametersOf({ params = {}, query, headers = {} }: Operation): object[] {
  const inPath = Object.entries(params).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: requestToJson(schema),
  }));
  const { properties = {}, required = [] } = query ? requestToJson(query) : {};
  const inQuery = Object.entries(properties)
    // described as a way to show a token
    .filter(([name]) => name !== 'token')
    .map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema: withoutTuple(schema),
    }));
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }));
  return [...inPath, ...inQuery, ...inHeaders];
}

/** What may be there only once comes as a list of one. */
function withoutTuple(schema: JsonSchema): JsonSchema {
  return schema.prefixItems?.[0] ?? schema;
}

/** By status, as OpenAPI has one response for each. */
function problemsOf(operation: Operation, method: string, path: string): Record<number, object> {
  const types: ProblemType[] = [...ALWAYS, ...(operation.problems ?? [])];
  if (operation.scopes.length > 0) types.push('unauthorized', 'forbidden');
  if (method !== 'get') types.push('too-large');
  if (operation.body) types.push('invalid-request', 'invalid-json', 'unsupported-media-type');
  if (path.startsWith('/v1/')) types.push('unavailable');
  const { params, query, headers } = operation;
  if (path.startsWith('/v1/') && (params ?? query ?? headers)) types.push('invalid-request');
  const byStatus = Map.groupBy(new Set(types), (type) => PROBLEMS[type][0] as number);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [status, describeProblems(status, ofStatus)]),
  );
}

const ALWAYS: readonly ProblemType[] = ['misdirected-host', 'foreign-origin', 'internal'];

function describeProblems(status: number, types: readonly ProblemType[]): object {
  const header = PROBLEM_HEADERS[status];
  const only = { type: { enum: types.map((type) => `/problems/${type}`) } };
  return {
    description: types.map((type) => `${type}: ${PROBLEMS[type][1]}.`).join(' '),
    ...(header && { headers: { [header]: { schema: { type: 'string' } } } }),
    content: {
      'application/problem+json': { schema: { $ref: refTo('Problem'), properties: only } },
    },
  };
}

const PROBLEM_HEADERS: Readonly<Record<number, string>> = {
  401: 'WWW-Authenticate',
  429: 'Retry-After',
  503: 'Retry-After',
};

function mapValues<T, U>(
  table: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, map(value, key)]));
}
