import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemBody, ProblemType } from '../../../protocol/wire/problem.ts';
import { PROBLEMS } from '../../../protocol/wire/problem.ts';
import { readConfig } from '../../../service/config.ts';
import { createApp } from '../../../service/http/app.ts';
import type { Services } from '../../../service/http/context.ts';
import { OWNER_TOKEN } from './hub.ts';
import type { PopulatedHub } from './populated-hub.ts';
import { MAX_BODY_BYTES, openPopulatedHub, RUNS, stateOf } from './populated-hub.ts';
import { REFUSED_REQUESTS } from './refused-requests.ts';
import type { Answer, Sent } from './request.ts';
import { jsonOf } from './request.ts';
import { ROUTES } from './route-table.ts';

let populated: PopulatedHub;
beforeAll(async () => {
  populated = await openPopulatedHub();
});
afterAll(() => populated.hub.close());

const named = ROUTES.map((route) => [`${route.method} ${route.pattern}`, route] as const);
const guarded = named.filter(([, { scopes }]) => scopes !== undefined);
// a body that is signed counts only with its signature
const withBody = named.filter(([, { route, scopes }]) => route.body && (scopes || !route.signer));
const withId = named.filter(([, { pattern }]) => pattern.includes(':id'));
const withQuery = named.flatMap(([name, { route, ...rest }]) =>
  route.query ? [[name, { ...rest, query: route.query }] as const] : [],
);

/** Sends what must be refused, and sees that it was, in the right way, and that nothing has changed. */
async function refused(
  type: ProblemType,
  method: string,
  path: string,
  sent: Sent = {},
): Promise<Answer & { readonly detail: string }> {
  const { hub } = populated;
  const before = await stateOf(hub);
  const answer = await hub.send(method, path, sent);
  const [status, title] = PROBLEMS[type];
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const problem = jsonOf(answer) as ProblemBody;
  expect(problem).toMatchObject({ type: `/problems/${type}`, title, status });
  expect(problem.detail).toMatch(/^.{15,}$/s);
  expect(await stateOf(hub)).toEqual(before);
  return { ...answer, detail: problem.detail };
}

test('every route of the service is in the table of these tests, and no other', () => {
  const app = createApp({ config: readConfig({}, {}) } as Services);
  const declared = app.routes.filter(({ method }) => method !== 'ALL');
  const names = new Set(declared.map(({ method, path }) => `${method} ${path}`));
  expect(new Set(named.map(([name]) => name))).toEqual(names);
});

describe.each(guarded)('%s', (_name, { method, path, body, scopes = [] }) => {
  test.each([
    ['no token', undefined, /Authorization: Bearer <token>/],
    ['another scheme', 'Basic b3duZXI6b3duZXI=', /Authorization: Bearer <token>/],
    ['an empty token', 'Bearer ', /Authorization: Bearer <token>/],
    ['two tokens', 'Bearer one two', /Authorization: Bearer <token>/],
    ['a token of 10,000 characters', `Bearer ${'x'.repeat(10_000)}`, /Authorization: Bearer/],
    ['an unknown token', 'Bearer agentlight_unknown', /Pair again/],
  ])('refuses %s', async (_what, authorization, advice) => {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const sent = { token: undefined, body, headers };
    const answer = await refused('unauthorized', method, path, sent);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="agentlight"');
    expect(answer.detail).toMatch(advice);
  });

  test('refuses a revoked token', async () => {
    const sent = { token: populated.revokedToken, body };
    expect((await refused('unauthorized', method, path, sent)).detail).toMatch(/revoked/);
  });

  const tooLittle = (['read', 'operate', 'report'] as const).filter(
    (scope) => !scopes.includes(scope),
  );
  test.each(tooLittle)('refuses a token that may only %s', async (scope) => {
    const sent = { token: populated.tokens[scope], body };
    const { detail } = await refused('forbidden', method, path, sent);
    expect(detail).toContain(`the scope ${scopes.join(' or ')}`);
  });
});

describe.each(withBody)('the body of %s', (_name, { method, path, body }) => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])(
    'is refused as "%s"',
    async (type) => {
      const headers = { 'Content-Type': type };
      const { detail } = await refused('unsupported-media-type', method, path, { body, headers });
      expect(detail).toContain('"Content-Type: application/json"');
    },
  );

  test.each(['', '{', '{"a":1}}', "{'a':1}", '\u0000', '{"a":"\n"}'])(
    'is refused when it is not JSON but %j',
    async (text) => {
      await refused('invalid-json', method, path, { body: text });
    },
  );

  test.each(['null', '[]', '1', '"text"', 'true', '{"no-such-field":1}', '{"__proto__":{}}'])(
    'is refused when it is %s',
    async (text) => {
      await refused('invalid-request', method, path, { body: text });
    },
  );

  test.each([33, 20_000])('is refused when it is nested %i levels deep', async (levels) => {
    const text = '['.repeat(levels) + ']'.repeat(levels);
    const { detail } = await refused('invalid-request', method, path, { body: text });
    expect(detail).toContain('32 levels');
  });
});

// what hooks are called with grows with their agents
const withKnownFields = withBody.filter(([, { pattern }]) => !pattern.startsWith('/v1/hooks/'));

describe.each(withKnownFields)('the body of %s', (_name, { method, path, body }) => {
  test('is refused when an unknown field is added to it', async () => {
    const sent = { body: { ...(body as object), surprise: true } };
    expect((await refused('invalid-request', method, path, sent)).detail).toContain('surprise');
  });
});

describe.each(withId)('%s', (_name, { method, path, pattern, body }) => {
  test.each(['NOT%20valid', '%00', '__proto__'])('refuses the id %s', async (id) => {
    const [before = ''] = pattern.split(':id');
    const malformed = path.replace(new RegExp(`^${before}[^/?]*`), `${before}${id}`);
    const answer = await refused('invalid-request', method, malformed, { body });
    expect(jsonOf(answer)).toMatchObject({ errors: [{ at: 'path.id' }] });
  });
});

describe.each(withQuery)('the query of %s', (_name, { method, path, body, query }) => {
  const send = (type: ProblemType, more: string) =>
    refused(type, method, `${path}${path.includes('?') ? '&' : '?'}${more}`, { body });

  test('is refused with an unknown parameter', async () => {
    expect((await send('invalid-request', 'surprise=1')).detail).toContain('surprise');
  });

  // any text can be a token
  const names = Object.keys(query.shape).filter((name) => name !== 'token');
  test.each(names)('is refused with a bad %s', async (name) => {
    const isCursor = ['cursor', 'lastEventId', 'last_event_id'].includes(name);
    const type = isCursor ? 'invalid-cursor' : 'invalid-request';
    const { detail } = await send(type, `${name}=${'x'.repeat(300)}%20`);
    if (!isCursor) expect(detail).toContain(`query.${name}`);
  });

  const single = names.filter((name) => !['agent', 'status', 'type'].includes(name));
  test.each(single)('is refused when it has two of %s', async (name) => {
    const { detail } = await send('invalid-request', `${name}=1&${name}=1`);
    expect(detail).toContain(`query.${name}`);
  });
});

describe.each(named.filter(([, { method }]) => method !== 'GET'))(
  'too large a body of %s',
  (_name, { method, path }) => {
    test.each([
      ['with its length', false],
      ['in chunks', true],
    ])('is refused %s', async (_how, chunked) => {
      const sent = { body: 'x'.repeat(20 * MAX_BODY_BYTES), chunked };
      const { detail } = await refused('too-large', method, path, sent);
      expect(detail).toContain(`${MAX_BODY_BYTES} bytes`);
    });
  },
);

describe.each(named)('%s', (_name, { method, path, pattern, body }) => {
  test('refuses a foreign Host', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.2:80', 'localhost.']) {
      const sent = { body, headers: { Host: host } };
      const { detail } = await refused('misdirected-host', method, path, sent);
      expect(detail).toContain('AGENTLIGHT_ALLOWED_HOSTS');
    }
  });

  test('refuses web pages', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:4747']) {
      const sent = { body, headers: { Origin: origin } };
      expect((await refused('foreign-origin', method, path, sent)).detail).toContain(origin);
    }
  });

  test('tells which methods there are when it is given another', async () => {
    const there = ROUTES.filter((other) => other.pattern === pattern).map((other) => other.method);
    const wrong = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'].filter(
      (other) => !there.some((known) => known === other),
    );
    for (const other of wrong) {
      const { headers } = await refused('method-not-allowed', other, path);
      expect(headers.allow?.split(', ').toSorted()).toEqual(there.toSorted());
    }
  });
});

test.each([
  '/',
  '/v1',
  '/v1/',
  '/v2/stream',
  '/v1/agents/',

  '/v1/stream/x',
  '/healthz/x',
])('%s is nowhere', async (path) => {
  for (const method of ['GET', 'POST', 'OPTIONS']) await refused('not-found', method, path);
});

test.each(REFUSED_REQUESTS.map((one) => [one.request, one.what, one] as const))(
  '%s refuses %s',
  async (request, _what, { type, sent, as, detail }) => {
    const [method = '', path = ''] = request.split(' ');
    const token = as && { token: populated.tokens[as] };
    const answer = await refused(type, method, path, { ...sent, ...token });
    if (detail) expect(answer.detail).toMatch(detail);
  },
);

test('a run with a body that is not called JSON is refused, not begun without it', async () => {
  const headers = { 'Content-Type': [] };
  for (const chunked of [false, true]) {
    const sent = { body: { prompt: 'x' }, headers, chunked };
    await refused('unsupported-media-type', 'POST', '/v1/agents/free/runs', sent);
  }
});

test('the problem types lead to a description', async () => {
  for (const [type, [status]] of Object.entries(PROBLEMS)) {
    const { text } = await populated.hub.send('GET', `/problems/${type}`, { token: undefined });
    expect(text).toContain(`(HTTP ${status})`);
  }
});

test('every route obeys what these tests have varied, and one of its scopes is enough', async () => {
  const { hub, tokens } = populated;
  const headers = { Origin: 'moz-extension://0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e' };
  for (const { method, path, body, obeyed, scopes = [] } of ROUTES) {
    const [first = OWNER_TOKEN, ...others] = scopes.map((scope) => tokens[scope] ?? OWNER_TOKEN);
    if (path.includes('/commands')) {
      const stream = await hub.stream(path, { token: first });
      await stream.hello();
      stream.close();
      continue;
    }
    const answer = await hub.send(method, path, { body, headers, token: first });
    expect({ path, status: answer.status, text: answer.text }).toMatchObject({ status: obeyed });
    for (const token of others) {
      const { status } = await hub.send(method, path, { body, headers, token });
      expect([401, 403, 500]).not.toContain(status);
    }
  }
  expect((await hub.fleet()).runs[RUNS.live]?.cancelRequestedBy).toBe('owner');
});
