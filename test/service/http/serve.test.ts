import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../../service/config.ts';
import { createApp } from '../../../service/http/app.ts';
import type { Services } from '../../../service/http/context.ts';
import { createMetrics } from '../../../service/metrics.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { OWNER_TOKEN } from './hub.ts';
import { send } from './request.ts';
import { makeDirectory, onDatabase, startServe, whenListening } from './serve-process.ts';
import { openStream } from './stream-reader.ts';

const request = (path: string, more = '') =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${OWNER_TOKEN}\r\n${more}`;

/** A client that says something, takes nothing, and never closes its side. */
function openDeafClient(url: string, words: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return new Promise((resolve) => {
    socket.write(words, () => resolve());
  });
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s says goodbye to all streams and stops within 2 s, whatever its clients do',
  async (signal) => {
    const serve = startServe(['--port', '0', ...(await onDatabase())]);
    const url = await whenListening(serve);
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => openStream(url, '/v1/stream', { token: OWNER_TOKEN })),
    );
    await Promise.all(streams.map((stream) => stream.snapshot()));
    await openDeafClient(url, request('/v1/stream', '\r\n'));
    await openDeafClient(url, request('/healthz', '\r\n'));
    await openDeafClient(url, request('/healthz', 'X-Never-Ends: '));
    await openDeafClient(url, '');
    const last = await openStream(url, '/v1/stream', { token: OWNER_TOKEN });
    await last.snapshot();

    const beganAtMs = performance.now();
    serve.child.kill(signal);
    expect(await serve.ended).toEqual({ exitCode: 0, signal: null });
    expect(performance.now() - beganAtMs).toBeLessThan(2_000);
    const retriesMs = new Set<number>();
    for (const stream of streams) {
      const { reason, retryMs } = await stream.bye();
      await stream.ended;
      expect(reason).toBe('shutdown');
      expect(retryMs).toBeGreaterThanOrEqual(0);
      expect(retryMs).toBeLessThanOrEqual(2_000);
      retriesMs.add(retryMs);
    }
    // they do not all come back at once
    expect(retriesMs.size).toBeGreaterThan(10);
    expect(serve.stdout().trim().split('\n').at(-1)).toContain('"stopped"');
    expect(serve.stderr()).toBe('');
  },
);

test('what was reported before the stop is answered or not stored, and never lost', async () => {
  const database = await onDatabase();
  const serve = startServe(['--port', '0', ...database]);
  const url = await whenListening(serve);
  const token = OWNER_TOKEN;
  await send(url, 'PUT', '/v1/agents/a', { token, body: { name: 'A' } });
  const report = (number: number) => {
    const event = { type: 'error.reported', agent: 'a', data: { message: `report ${number}` } };
    return send(url, 'POST', '/v1/events', { token, body: { events: [event] } });
  };
  const answers = Array.from({ length: 200 }, (_, number) =>
    report(number).then(
      ({ status }) => status,
      // refused or broken off: the reporter does not know, and sends it again
      () => 0,
    ),
  );
  await answers[0];
  serve.child.kill('SIGTERM');
  const statuses = await Promise.all(answers);
  expect((await serve.ended).exitCode).toBe(0);
  expect(statuses).toContain(200);
  expect(statuses.filter((status) => ![200, 503, 0].includes(status))).toEqual([]);

  const again = await whenListening(startServe(['--port', '0', ...database]));
  const stream = await openStream(again, '/v1/stream?cursor=earliest&once=1', { token });
  await stream.ended;
  const stored = new Set(
    stream.events().flatMap((event) => (event.type === 'error.reported' ? event.data.message : [])),
  );
  const acknowledged = statuses.flatMap((status, number) => (status === 200 ? number : []));
  expect(acknowledged.filter((number) => !stored.has(`report ${number}`))).toEqual([]);
});

test('health is told without a token: nobody, then ready, then nobody again', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const serve = startServe(['--port', String(port), ...(await onDatabase())]);
  const seen: string[] = [];
  const look = async () => {
    const [ready, alive] = await Promise.all(
      ['/readyz', '/healthz'].map((path) =>
        send(url, 'GET', path).then(
          ({ status }) => String(status),
          () => 'nobody',
        ),
      ),
    );
    const now = `${alive} ${ready}`;
    if (seen.at(-1) !== now) seen.push(now);
    return now;
  };
  await eventually(async () => (await look()) === '200 200', 'readiness');
  expect(seen.filter((now) => !/^(nobody|200) (nobody|503|200)$/.test(now))).toEqual([]);
  const answers = await Promise.all(['/healthz', '/readyz'].map((path) => send(url, 'GET', path)));
  expect(answers.map(({ text }) => text)).toEqual([
    '{"name":"agentlight","status":"ok"}',
    '{"name":"agentlight","status":"ready"}',
  ]);
  serve.child.kill('SIGTERM');
  await serve.ended;
  expect(await look()).toBe('nobody nobody');
});

test('a service that starts or stops is alive and not ready, and takes no requests yet', async () => {
  const metrics = createMetrics('1.0.0');
  const services = { config: readConfig({}, {}), isServing: () => false, metrics } as Services;
  const app = createApp(services);
  const ask = async (path: string, method = 'GET') =>
    app.request(path, { method, headers: { Host: 'localhost' } });
  expect((await ask('/healthz')).status).toBe(200);
  const others = [ask('/readyz'), ask('/v1/stream'), ask('/v1/pair', 'POST')];
  for (const answer of await Promise.all(others)) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.text()).toContain('/problems/unavailable');
  }
});

test('a port that is taken stops the start with a word on what to do', async () => {
  const first = startServe(['--port', '0', ...(await onDatabase())]);
  const { port } = new URL(await whenListening(first));
  const second = startServe(['--port', port, ...(await onDatabase())]);
  expect((await second.ended).exitCode).toBe(2);
  expect(second.stderr()).toBe(
    `agentlight: Port ${port} on 127.0.0.1 is taken, perhaps by another Agentlight. Stop that one, or choose another port with --port or AGENTLIGHT_PORT.\n`,
  );
  expect((await send(await whenListening(first), 'GET', '/readyz')).status).toBe(200);
});

test.each([
  [['--host', 'no-such-name.invalid'], {}, /Can't listen on no-such-name\.invalid:0 .*--host/],
  [['--host', '192.0.2.1'], {}, /Can't listen on 192\.0\.2\.1:0 \(EADDRNOTAVAIL\)/],
  [[], { AGENTLIGHT_POLL_MS: 'soon' }, /AGENTLIGHT_POLL_MS is "soon"; it must be a whole number/],
  [['--port', '70000'], {}, /--port is "70000"; it must be a whole number from 0 to 65535/],
])('serve %j with %j says what is wrong in one line', async (args, env, message) => {
  const serve = startServe(['--port', '0', ...(await onDatabase()), ...args], env);
  expect((await serve.ended).exitCode).toBe(2);
  expect(serve.stderr()).toMatch(message);
  expect(serve.stderr().trim().split('\n')).toHaveLength(1);
});

test('a database that is not there stops the start, without its password in the message', async () => {
  const port = await freePort();
  const url = `postgres://someone:very-secret@127.0.0.1:${port}/x`;
  const serve = startServe(['--port', '0', '--database-url', url]);
  expect((await serve.ended).exitCode).toBe(1);
  expect(serve.stderr()).toMatch(/Is PostgreSQL running/);
  expect(serve.stderr() + serve.stdout()).not.toContain('very-secret');
});

test('with a database elsewhere the data directory is made for the token alone', async () => {
  const dataDir = join(await makeDirectory(), 'not', 'there', 'yet');
  const [, databaseUrl = ''] = await onDatabase();
  const args = ['--port', '0', '--database-url', databaseUrl, '--data-dir', dataDir];
  const serve = startServe(args, { AGENTLIGHT_OWNER_TOKEN: '' });
  const url = await whenListening(serve);
  const token = (await readFile(join(dataDir, 'owner-token'), 'utf8')).trim();
  expect((await stat(join(dataDir, 'owner-token'))).mode & 0o777).toBe(0o600);
  expect((await send(url, 'GET', '/v1/tokens', { token })).status).toBe(200);
  expect(serve.stdout() + serve.stderr()).not.toContain(token);
});

test('a second service on one data directory is refused, and the first one goes on', async () => {
  const dataDir = await makeDirectory();
  const first = startServe(['--port', '0', '--data-dir', dataDir]);
  const url = await whenListening(first);
  const second = startServe(['--port', '0', '--data-dir', dataDir]);
  expect((await second.ended).exitCode).toBe(1);
  expect(second.stderr()).toContain(
    `The data directory ${dataDir} is in use by process ${first.child.pid}`,
  );
  expect(second.stderr()).toMatch(/Stop that one first, or .* AGENTLIGHT_DATA_DIR/);
  expect((await send(url, 'GET', '/readyz')).status).toBe(200);
  first.child.kill('SIGTERM');
  expect((await first.ended).exitCode).toBe(0);
});
