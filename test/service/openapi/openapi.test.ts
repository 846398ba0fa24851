import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventType } from '../../../protocol/events/event.ts';
import { EVENT_KINDS } from '../../../protocol/events/event.ts';
import type { ProblemBody } from '../../../protocol/wire/problem.ts';
import { readConfig } from '../../../service/config.ts';
import { createApp } from '../../../service/http/app.ts';
import type { Services } from '../../../service/http/context.ts';
import { openApi, pathOf } from '../../../service/http/openapi/openapi.ts';
import { ROUTES as DECLARED } from '../../../service/http/routes/routes.ts';
import type { PopulatedHub } from '../http/populated-hub.ts';
import { openPopulatedHub } from '../http/populated-hub.ts';
import { REFUSED_REQUESTS } from '../http/refused-requests.ts';
import type { Answer } from '../http/request.ts';
import { jsonOf } from '../http/request.ts';
import { ROUTES } from '../http/route-table.ts';
import { uuid } from '../../support/fleet.ts';
import type { Described, DescribedOperation, Description } from './description.ts';
import { faultsOfDocument, openDescription } from './description.ts';

let description: Description;
beforeAll(async () => {
  description = await openDescription(openApi('0.1.0', DECLARED) as Described);
});
afterAll(() => description.close());

/** All operations, each with its place in the document. */
function operations() {
  return Object.entries(description.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** The one that a request is for. */
function operationOf(request: string): { place: string[]; operation: DescribedOperation } {
  const [method = '', address = ''] = request.split(' ');
  const [path = ''] = address.split('?');
  const found = operations().find((one) => {
    const pattern = new RegExp(
      `^${one.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]*')}$`,
    );
    return one.method === method.toLowerCase() && pattern.test(path);
  });
  if (!found) throw new Error(`${request} is not described.`);
  return { place: ['paths', found.path, found.method], operation: found.operation };
}

/** What is wrong with an answer, by the description of the operation that gave it. */
async function faultsOfAnswer(request: string, answer: Answer): Promise<readonly string[]> {
  const { place, operation } = operationOf(request);
  const described = operation.responses[answer.status];
  if (!described) return [`${request} is not said to answer with ${answer.status}.`];
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';');
  if (!described.content) return type === '' ? [] : [`${request} is not said to answer anything.`];
  if (!described.content[type]) return [`${request} is not said to answer with ${type}.`];
  if (!type.endsWith('json')) return [];
  const responses = [...place, 'responses', answer.status, 'content', type, 'schema'];
  return description.faultsOf(jsonOf(answer), ...responses);
}

test('is valid OpenAPI 3.1, schemas included', async () => {
  expect(await faultsOfDocument(description.document)).toEqual([]);
  expect(await faultsOfDocument({ ...description.document, openapi: '2' })).not.toEqual([]);
});

test('describes every route of the service, and no other', () => {
  const app = createApp({ config: readConfig({}, {}) } as Services);
  const routes = app.routes.filter(({ method }) => method !== 'ALL');
  const described = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
  expect(described.toSorted()).toEqual(
    [...new Set(routes.map((route) => `${route.method} ${pathOf(route)}`))].toSorted(),
  );
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('each operation says what it takes, what it answers, and which token it needs', () => {
  for (const { route, method, scopes, body, obeyed } of ROUTES) {
    const path = pathOf(route);
    const operation = description.document.paths[path]?.[
      method.toLowerCase()
    ] as DescribedOperation;
    expect(operation.summary).not.toBe('');
    expect(Object.keys(operation.responses)).toContain(String(obeyed));
    expect(operation.security.length > 0).toBe(scopes !== undefined);
    if (scopes) expect(operation.description).toContain(scopes.join(' or '));
    expect(operation.requestBody !== undefined).toBe(body !== undefined);
    const inPath = operation.parameters.filter((one) => one.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
  }
});

test('only the stream takes a token in its address', () => {
  const taking = operations().filter(({ operation }) =>
    operation.security.some((way) => 'tokenInAddress' in way),
  );
  expect(taking.map(({ path }) => path)).toEqual(['/v1/stream']);
});

test('each body and each answer of JSON has an example that fits its schema', async () => {
  for (const { path, method, operation } of operations()) {
    const good = Object.keys(operation.responses).filter((status) => Number(status) < 300);
    const parts = [['requestBody'], ...good.map((status) => ['responses', status])];
    for (const [first, status = ''] of parts) {
      const part = first === 'requestBody' ? operation.requestBody : operation.responses[status];
      const json = part?.content?.['application/json'];
      if (!json || path === '/openapi.json') continue;
      const place = ['paths', path, method, ...(first ? [first] : []), ...(status ? [status] : [])];
      expect([operation.operationId, json.example]).not.toContain(undefined);
      expect(
        await description.faultsOf(json.example, ...place, 'content', 'application/json', 'schema'),
      ).toEqual([]);
    }
  }
});

test('an unknown field in a body does not fit, and in an answer it does', async () => {
  const { place } = operationOf('POST /v1/pair');
  const json = ['content', 'application/json', 'schema'];
  const body = { code: 'ABCD-EFGH', surprise: 1 };
  expect(await description.faultsOf(body, ...place, 'requestBody', ...json)).not.toEqual([]);
  const service = { name: 'agentlight', version: '0.1.0', epoch: 'a', surprise: 1 };
  const answer = { token: 't', user: 'owner', service, surprise: 1 };
  expect(await description.faultsOf(answer, ...place, 'responses', 200, ...json)).toEqual([]);
});

test.each(Object.keys(EVENT_KINDS) as EventType[])(
  'describes %s as it is on the stream',
  async (type) => {
    const { example, run } = EVENT_KINDS[type];
    const event = {
      seq: 7,
      id: uuid(7),
      type,
      time: '2026-01-31T12:00:00.000Z',
      agent: 'a',
      ...(run && { run: uuid(8) }),
      data: example,
    };
    const faultsOf = (value: object) =>
      description.faultsOf(value, 'components', 'schemas', 'Event');
    expect(await faultsOf(event)).toEqual([]);
    expect(await faultsOf({ ...event, type: 'no.such' })).not.toEqual([]);
    expect(await faultsOf({ ...event, time: 'yesterday' })).not.toEqual([]);
  },
);

describe('what the service does', () => {
  let populated: PopulatedHub;
  beforeAll(async () => {
    populated = await openPopulatedHub();
  });
  afterAll(() => populated.hub.close());

  test('serves this description to everybody', async () => {
    const served = await populated.hub.expect(200, 'GET', '/openapi.json', { token: undefined });
    expect(served).toEqual(JSON.parse(JSON.stringify(description.document)));
  });

  test('every refusal is one that the operation is said to give', async () => {
    const { hub, tokens } = populated;
    const faults: unknown[] = [];
    for (const { request, what, sent, as } of REFUSED_REQUESTS) {
      const [method = '', path = ''] = request.split(' ');
      const token = as && { token: tokens[as] ?? '' };
      const answer = await hub.send(method, path, { ...sent, ...token });
      const found = await faultsOfAnswer(request, answer);
      const { type } = jsonOf(answer) as ProblemBody;
      if (found.length > 0) faults.push({ request, what, type, found });
    }
    expect(faults).toEqual([]);
  });

  test('what is on the stream fits its schemas', async () => {
    const { hub } = populated;
    const fits = async (value: unknown, name: string) =>
      expect(await description.faultsOf(value, 'components', 'schemas', name)).toEqual([]);
    const all = await hub.stream('/v1/stream?cursor=earliest&detail=1&once=1');
    await all.ended;
    await fits(await all.hello(), 'Hello');
    expect(all.events().length).toBeGreaterThan(10);
    for (const event of all.events()) await fits(event, 'Event');
    const fresh = await hub.stream('/v1/stream');
    await fits(await fresh.snapshot(), 'Snapshot');
  });

  test('every answer fits', async () => {
    const { hub } = populated;
    for (const { method, path, body } of ROUTES.filter((one) => !isStream(one.path))) {
      const answer = await hub.send(method, path, { body });
      expect([path, await faultsOfAnswer(`${method} ${path}`, answer)]).toEqual([path, []]);
    }
  });
});

const isStream = (path: string) => /^\/v1\/(stream|runners\/[^/]+\/commands)/.test(path);
