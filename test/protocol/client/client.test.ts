/** The client against servers that are not Agentlight, or not well. */
import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { fetchRun, fetchRunEvents, redeemCode } from '../../../protocol/client/calls.ts';
import { Client } from '../../../protocol/client/client.ts';
import { ServiceError } from '../../../protocol/client/errors.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { createTestPlatform } from '../../support/test-platform.ts';

const TIMEOUT_MS = 1_234;

async function clientOf(answer: RequestListener) {
  const url = await startHttpServer(answer);
  const platform = createTestPlatform(0);
  const client = new Client({ url: `${url}/`, token: 't', timeoutMs: TIMEOUT_MS, platform });
  return { client, platform, url };
}

const errorOf = (client: Client, options = {}) =>
  client.request('GET', '/v1/agents', options).catch((error: unknown) => error);

test('sends its token, and JSON with its type', async () => {
  const seen: unknown[] = [];
  const { client } = await clientOf((request, response) => {
    const { authorization, 'content-type': type } = request.headers;
    request
      .setEncoding('utf8')
      .on('data', (body) => seen.push([request.url, authorization, type, body]));
    request.on('end', () => response.end('{"ok":true}'));
  });
  expect(await client.request('POST', '/v1/x', { body: { a: 1 } })).toEqual({ ok: true });
  expect(seen).toEqual([['/v1/x', 'Bearer t', 'application/json', '{"a":1}']]);
});

test('an answer of something else is reported as such', async () => {
  const gateway = await clientOf((_, response) => response.writeHead(502).end('<h1>Bad</h1>'));
  expect(await errorOf(gateway.client)).toMatchObject({
    kind: 'unavailable',
    status: 502,
    message: `${gateway.url} answered 502, which is not how Agentlight answers.`,
  });
  const website = await clientOf((_, response) => response.end('<h1>Welcome</h1>'));
  const message = `What answers at ${website.url} is not Agentlight.`;
  expect(await errorOf(website.client)).toMatchObject({ kind: 'not-agentlight', message });
  const { signal } = new AbortController();
  await expect(website.client.open('/v1/stream', undefined, signal)).rejects.toMatchObject({
    kind: 'not-agentlight',
    message,
  });
});

test.each([301, 302, 307, 308])('a redirect (%i) is not followed, and reported', async (status) => {
  const followed: (string | undefined)[] = [];
  const elsewhere = await startHttpServer(({ headers }, response) => {
    followed.push(headers.authorization);
    response.end('{}');
  });
  const { client, url } = await clientOf((_, response) =>
    response.writeHead(status, { Location: elsewhere }).end(),
  );
  const expected = {
    kind: 'redirected',
    message: `${url} redirects to another address, which is not followed. Use the address of the service itself.`,
  };
  expect(await errorOf(client)).toMatchObject(expected);
  const { signal } = new AbortController();
  await expect(client.open('/v1/stream', undefined, signal)).rejects.toMatchObject(expected);
  expect(followed).toEqual([]);
});

test('says why nobody answers', async () => {
  const { client: silent, platform } = await clientOf(() => {});
  const late = errorOf(silent);
  platform.advance(TIMEOUT_MS);
  expect(await late).toMatchObject({
    kind: 'unreachable',
    message: `No answer from ${silent.url}: it took too long.`,
  });
  expect(platform.timers()).toBe(0);
  const nobody = new Client({ url: 'http://127.0.0.1:4', token: 't' });
  expect(await errorOf(nobody)).toMatchObject({
    kind: 'unreachable',
    message: 'No answer from http://127.0.0.1:4: nothing listens there.',
  });
  const nowhere = new Client({ url: 'http://agentlight.invalid', token: 't' });
  expect(await errorOf(nowhere)).toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('agentlight.invalid'),
  });
});

test('an answer that stops in the middle is waited for no longer than the others', async () => {
  const { client, platform } = await clientOf((_, response) => {
    response.writeHead(200).write('{"agents":');
    // the client has the head of the answer by then, or gets it when nobody waits any more
    platform.advance(TIMEOUT_MS);
  });
  expect(await errorOf(client)).toMatchObject({ message: expect.stringContaining('too long') });
});

test('an error that the platform has an explanation for is kept', async () => {
  const error = new ServiceError('no-access', 'The browser does not let us.');
  const fetch = () => Promise.reject(error);
  const client = new Client({ url: 'http://127.0.0.1:4', platform: { fetch } });
  expect(await errorOf(client)).toBe(error);
});

test('tries again as often as it may, and only when that can help', async () => {
  const statuses = [503, 500, 200];
  let requests = 0;
  const { client, platform } = await clientOf((_, response) => {
    requests += 1;
    const status = statuses.shift() ?? 400;
    const type = status === 401 ? 'unauthorized' : 'internal';
    response.writeHead(status, { 'Retry-After': '7' });
    response.end(status === 200 ? '{}' : `{"type":"/problems/${type}"}`);
  });
  const answer = client.request('GET', '/', { tries: 3 });
  for (let n = 0; n < 2; n += 1) {
    await platform.whenScheduled(7_000);
    platform.advance(7_000);
  }
  expect(await answer).toEqual({});
  expect(requests).toBe(3);
  statuses.push(401, 200);
  expect(await errorOf(client, { tries: 3 })).toMatchObject({ status: 401 });
  expect(platform.timers()).toBe(0);
});

test('a caller who gives up gets the reason that was given', async () => {
  const { client, platform } = await clientOf((_, response) => response.writeHead(503).end());
  const reason = new Error('enough');
  expect(await errorOf(client, { signal: AbortSignal.abort(reason) })).toBe(reason);
  const abort = new AbortController();
  const waiting = errorOf(client, { tries: 2, signal: abort.signal });
  // the wait before the second try
  await platform.whenScheduled(0);
  abort.abort(reason);
  expect(await waiting).toBe(reason);
  expect(platform.timers()).toBe(0);
});

test('answers that are not what they should be are refused', async () => {
  const { client } = await clientOf((_, response) => response.end('{"run":{"id":7},"token":3}'));
  const calls = [
    fetchRun(client, 'x'),
    redeemCode(client, 'ABCD-EFGH', 'Test'),
    fetchRunEvents(client, 'x', 0).next(),
  ];
  for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
    expect([status, reason]).toMatchObject(['rejected', { kind: 'not-agentlight' }]);
  }
});

test('pages of events that lead round in a circle are left', async () => {
  const asked: unknown[] = [];
  const { client } = await clientOf(({ url = '' }, response) => {
    const after = Number(new URL(url, client.url).searchParams.get('after'));
    asked.push(after);
    response.end(`{"events":[],"after":${after === 0 ? 5 : 3}}`);
  });
  for await (const events of fetchRunEvents(client, 'x', 0)) expect(events).toEqual([]);
  expect(asked).toEqual([0, 5]);
});
