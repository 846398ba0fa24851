import { expect, test } from 'vitest';
import { startHub } from './hub.ts';
import { ROUTES } from './route-table.ts';

interface Description {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  readonly summary: string;
  readonly security: readonly object[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly description: string }>;
}

async function describe(): Promise<Description> {
  const hub = await startHub();
  return hub.expect<Description>(200, 'GET', '/openapi.json', { token: undefined });
}

test('describes every route, and no other', async () => {
  const { paths, openapi } = await describe();
  expect(openapi).toBe('3.1.0');
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const routes = ROUTES.map(
    ({ method, pattern }) => `${method} ${pattern.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  expect(described.toSorted()).toEqual(routes.toSorted());
});

test('each operation says what it takes and answers, and which token it needs', async () => {
  const { paths } = await describe();
  for (const route of ROUTES) {
    const path = route.pattern.replaceAll(/:(\w+)/g, '{$1}');
    const operation = paths[path]?.[route.method.toLowerCase()] as Operation;
    expect(operation.summary).not.toBe('');
    expect(Object.keys(operation.responses)).toContain(String(route.obeyed));
    expect(operation.security.length > 0).toBe(route.scopes !== undefined);
    expect('401' in operation.responses).toBe(
      route.scopes !== undefined || route.pattern === '/v1/pair',
    );
    expect(operation.requestBody !== undefined).toBe(route.body !== undefined);
    for (const { in: place, name } of operation.parameters.filter((one) => one.in === 'path')) {
      expect(path).toContain(`{${name}}`);
      expect(place).toBe('path');
    }
  }
});

test('its schemas are those that check the requests', async () => {
  const { paths } = await describe();
  const body = paths['/v1/events']?.['post']?.requestBody?.content['application/json']?.schema;
  expect(body).toMatchObject({
    required: ['events'],
    properties: { events: { minItems: 1, maxItems: 1_000 } },
    additionalProperties: false,
  });
  expect(JSON.stringify(paths)).not.toContain('$schema');
});
