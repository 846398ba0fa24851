/** The client against servers that are not Agentlight, or not well. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Client } from '../../service/runner/link/client.ts';
import { ProblemError, UnreachableError } from '../../service/runner/link/service-error.ts';

async function serverThat(answers: RequestListener): Promise<Client> {
  const server = createServer(answers);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return new Client({
    url: `http://127.0.0.1:${port}/`,
    token: 't',
    timeoutMs: 200,
    random: () => 0,
  });
}

const errorOf = (client: Client, options = {}) =>
  client.request('GET', '/v1/agents', options).catch((error: unknown) => error);

test('sends its token, and JSON with its type', async () => {
  const seen: unknown[] = [];
  const client = await serverThat((request, response) => {
    const { authorization, 'content-type': type } = request.headers;
    request
      .setEncoding('utf8')
      .on('data', (body) => seen.push([request.url, authorization, type, body]));
    request.on('end', () => response.end('{"ok":true}'));
  });
  expect(await client.request('POST', '/v1/x', { body: { a: 1 } })).toEqual({ ok: true });
  expect(seen).toEqual([['/v1/x', 'Bearer t', 'application/json', '{"a":1}']]);
});

test('a problem comes with its type, what to do, and its other members', async () => {
  const body = {
    type: '/problems/run-finished',
    title: 'T',
    status: 409,
    detail: 'Over.',
    index: 3,
  };
  const client = await serverThat((_, response) => {
    response.writeHead(409, { 'Content-Type': 'application/problem+json', 'Retry-After': '2' });
    response.end(JSON.stringify(body));
  });
  const error = await errorOf(client);
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).toMatchObject({
    type: 'run-finished',
    status: 409,
    detail: 'Over.',
    extra: { index: 3 },
    retryAfterMs: 2_000,
  });
});

test('an answer of something else is told as such', async () => {
  const gateway = await serverThat((_, response) =>
    response.writeHead(502).end('<h1>Bad gateway</h1>'),
  );
  expect(await errorOf(gateway)).toMatchObject({
    type: undefined,
    status: 502,
    detail: expect.stringContaining('answered 502, which is not how Agentlight answers'),
  });
  const website = await serverThat((_, response) => response.end('<h1>Welcome</h1>'));
  expect(await errorOf(website)).toBeInstanceOf(UnreachableError);
});

test('says why nobody answers', async () => {
  const silent = await serverThat(() => {});
  const nobody = new Client({ url: 'http://127.0.0.1:4', token: 't' });
  const nowhere = new Client({ url: 'http://agentlight.invalid', token: 't' });
  expect(await errorOf(silent)).toMatchObject({
    message: expect.stringContaining('took too long'),
  });
  expect(await errorOf(nobody)).toEqual(
    new UnreachableError('No answer from http://127.0.0.1:4: nothing listens there.'),
  );
  expect(await errorOf(nowhere)).toMatchObject({
    message: expect.stringContaining('agentlight.invalid'),
  });
});

test('tries again as often as it may, and only when that can help', async () => {
  const statuses = [503, 500, 200];
  let requests = 0;
  const client = await serverThat((_, response) => {
    requests += 1;
    const status = statuses.shift() ?? 400;
    response.writeHead(status).end(status === 200 ? '{}' : '{"type":"/problems/internal"}');
  });
  expect(await client.request('GET', '/', { tries: 3 })).toEqual({});
  expect(requests).toBe(3);
  statuses.push(401, 200);
  expect(await errorOf(client, { tries: 3 })).toMatchObject({ status: 401 });
});

test('a caller who gives up gets the reason that was given', async () => {
  const client = await serverThat(() => {});
  const reason = new Error('enough');
  expect(await errorOf(client, { signal: AbortSignal.abort(reason) })).toBe(reason);
});
