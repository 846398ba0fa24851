/** The description of the HTTP interface as OpenAPI 3.1, made from the schemas that check the requests. */
import * as z from 'zod/mini';
import type { ProblemType } from '../../protocol/problem.ts';
import { PROBLEMS } from '../../protocol/problem.ts';
import type { Answer, Operation } from './operations.ts';
import { OPERATIONS } from './operations.ts';

const PROBLEM = { $ref: '#/components/schemas/Problem' };

export function openApi(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Agentlight',
      version,
      description: 'A status light for agents: one log of events, followed as Server-Sent Events.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths: mapValues(OPERATIONS, (methods) => mapValues(methods, describe)),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: {
          type: 'object',
          description: 'RFC 9457',
          required: ['type', 'title', 'status', 'detail'],
          properties: {
            type: {
              type: 'string',
              enum: Object.keys(PROBLEMS).map((type) => `/problems/${type}`),
            },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string', description: 'What happened, and what to do.' },
          },
        },
      },
    },
  };
}

function describe(operation: Operation): object {
  const { summary, scopes, body, isBodyOptional, answers } = operation;
  const needsToken = scopes.length > 0;
  return {
    summary,
    ...(needsToken && { description: `Needs a token with the scope ${scopes.join(' or ')}.` }),
    security: needsToken ? [{ token: [] }] : [],
    parameters: parametersOf(operation),
    ...(body && {
      requestBody: {
        required: isBodyOptional !== true,
        content: { 'application/json': { schema: toJson(body, 'input') } },
      },
    }),
    responses: { ...mapValues(answers, describeAnswer), ...problemsOf(operation) },
  };
}

function describeAnswer({ description, mediaType = 'application/json', schema }: Answer): object {
  if (mediaType === '') return { description };
  const type = mediaType === 'application/json' ? 'object' : 'string';
  const content = { [mediaType]: { schema: schema ? toJson(schema, 'output') : { type } } };
  return { description, content };
}

function parametersOf({ params = {}, query, headers = {} }: Operation): object[] {
  const inPath = Object.entries(params).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: toJson(schema, 'input'),
  }));
  const { properties = {}, required = [] } = query ? toJson(query, 'input') : {};
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }));
  return [...inPath, ...inQuery, ...inHeaders];
}

/** By status, as OpenAPI has one response for each. */
function problemsOf(operation: Operation): Record<number, object> {
  const types = [
    ...ALWAYS,
    ...(operation.scopes.length > 0 ? WITH_TOKEN : []),
    ...(operation.problems ?? []),
  ];
  if (operation.body) types.push(...WITH_BODY);
  if (operation.params ?? operation.query) types.push('invalid-request');
  const byStatus = Map.groupBy(new Set(types), (type) => PROBLEMS[type][0] as number);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.join(', '),
        content: { 'application/problem+json': { schema: PROBLEM } },
      },
    ]),
  );
}

const ALWAYS: readonly ProblemType[] = ['misdirected-host', 'foreign-origin'];
const WITH_TOKEN: readonly ProblemType[] = ['unauthorized', 'forbidden', 'unavailable'];
const WITH_BODY: readonly ProblemType[] = [
  'invalid-request',
  'invalid-json',
  'too-large',
  'unsupported-media-type',
];

interface JsonSchema {
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

function toJson(schema: z.ZodMiniType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json as JsonSchema;
}

function mapValues<T, U>(table: Readonly<Record<string, T>>, map: (value: T) => U) {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, map(value)]));
}
