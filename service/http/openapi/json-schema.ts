/** Converts our schemas to JSON Schema (draft 2020-12), without keywords that restrict nothing. */
import * as z from 'zod/mini';

export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;
type Draft = Parameters<Override>[0]['jsonSchema'];

/** A schema of requests: unknown fields are forbidden where the service refuses them. */
export function requestToJson(schema: z.ZodMiniType): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  return withoutDialect(json);
}

/**
 * Schemas of answers, by name; one that contains another refers to it. They allow unknown fields, because clients must
 * ignore those.
 */
export function answersToJson(
  schemas: Readonly<Record<string, z.ZodMiniType>>,
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const converted = z.toJSONSchema(registry, {
    uri: refTo,
    unrepresentable: 'any',
    override({ jsonSchema }) {
      tidy(jsonSchema);
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(converted.schemas).map(([id, json]) => [id, withoutDialect(json)]),
  );
}

/** Reference to a named schema of an OpenAPI document. */
export function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}

function withoutDialect(json: Draft): JsonSchema {
  const { $schema: _dialect, $id: _id, ...rest } = json;
  return rest as JsonSchema;
}

function tidy(json: Draft): void {
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  delete json.propertyNames;
  const { additionalProperties: more } = json;
  if (typeof more === 'object' && Object.keys(more).length === 0) delete json.additionalProperties;
  // the format implies the rest of zod's pattern, which has four hundred characters
  if (json.format === 'date-time') json.pattern = 'Z$';
}
