/** Clients that can send no header, pages of other origins, and how many of them there may be. */
import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { OWNER_TOKEN, startHub } from './hub.ts';

const PAGE = 'https://status.example';

test('a page of an allowed origin may read, and nothing else', async () => {
  const hub = await startHub({ AGENTLIGHT_ALLOWED_ORIGINS: PAGE });
  const headers = { Origin: PAGE };
  const preflight = await hub.send('OPTIONS', '/v1/snapshot', { headers, token: undefined });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': PAGE,
    'access-control-allow-headers': 'Authorization, Last-Event-ID',
  });
  const read = await hub.send('GET', '/v1/snapshot', { headers });
  expect(read.headers).toMatchObject({ 'access-control-allow-origin': PAGE, vary: 'Origin' });
  const unknown = await hub.send('GET', '/v1/snapshot', { headers, token: 'wrong' });
  expect([unknown.status, unknown.headers['access-control-allow-origin']]).toEqual([401, PAGE]);
  const written = await hub.send('POST', '/v1/pairing-codes', { headers });
  expect(written.status).toBe(403);
  const other = await hub.send('GET', '/v1/snapshot', {
    headers: { Origin: 'https://other.example' },
  });
  expect([other.status, other.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  // so that no cache gives one page the answer to another
  const program = await hub.send('GET', '/v1/snapshot');
  expect([program.headers.vary, other.headers.vary]).toEqual(['Origin', 'Origin']);
});

test('a page of an allowed origin may follow the stream with a token in the address', async () => {
  const hub = await startHub({ AGENTLIGHT_ALLOWED_ORIGINS: `https://other.example,${PAGE}` });
  const token = await hub.token('page', ['read']);
  const path = `/v1/stream?once=1&token=${token}`;
  const sent = { headers: { Origin: PAGE }, token: undefined };
  const stream = await hub.send('GET', path, sent);
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'access-control-allow-origin': PAGE,
    'vary': 'Origin',
  });
  const preflight = await hub.send('OPTIONS', path, sent);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-methods': 'GET',
    'access-control-allow-headers': 'Authorization, Last-Event-ID',
  });
  // wide open is not what was asked for, whatever a page sends
  for (const origin of ['null', `${PAGE}.evil.example`, 'http://status.example', `${PAGE}:8443`]) {
    expect((await hub.send('GET', path, { ...sent, headers: { Origin: origin } })).status).toBe(
      403,
    );
  }
});

test('an address takes no token that can do more than read', async () => {
  const hub = await startHub();
  const reader = await hub.token('reader', ['read']);
  const operator = await hub.token('operator', ['read', 'operate']);
  const get = (path: string) => hub.send('GET', path, { token: undefined });
  expect((await get(`/v1/stream?once=1&token=${reader}`)).status).toBe(200);
  expect((await get(`/v1/stream?once=1&token=${operator}`)).text).toContain('/problems/forbidden');
  expect((await get(`/v1/stream?once=1&token=${OWNER_TOKEN}`)).status).toBe(403);
  expect((await get(`/v1/stream?once=1&token=${operator}`)).text).toContain(
    'agentlight token create --user <name> --scope read',
  );
  for (const path of ['/v1/snapshot', '/v1/agents', '/metrics', '/v1/runners/r/commands']) {
    expect((await get(`${path}?token=${reader}`)).status).toBe(401);
  }
  expect((await get('/v1/stream?token=')).status).toBe(401);
  expect(hub.logText()).not.toContain(reader);
});

test('one token opens so many streams, and no more', async () => {
  const hub = await startHub({ AGENTLIGHT_MAX_STREAMS_PER_TOKEN: '2' });
  const mine = await hub.token('mine', ['read']);
  const [first] = await Promise.all([1, 2].map(() => hub.stream('/v1/stream', { token: mine })));
  const { status, headers } = await hub.send('GET', '/v1/stream', { token: mine });
  expect([status, headers['retry-after']]).toEqual([429, '10']);
  await hub.stream('/v1/stream');
  first?.close();
  await eventually(
    async () => (await hub.send('GET', '/v1/stream?once=1', { token: mine })).status === 200,
    'room for another',
  );
});
