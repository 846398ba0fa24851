/** The service is killed with SIGKILL while it stores events in its own database. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { MAIN } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { openStream } from '../support/stream-client.ts';

const TOKEN = 'the-token-of-a-test-0123456789abcdef';
const HEADERS = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
const EVENTS = 1_000;
const WRITERS = 8;

test('after a kill, every acknowledged event is in the log once, and a client has all of them in order', async () => {
  const service = await startProcess();
  const { url } = service;
  const profile = { name: 'A', capabilities: [] };
  await send(url, 'PUT', '/v1/agents/a', profile);
  const client = openStream(url, TOKEN);
  await eventually(() => client.connections() === 1, 'the client to be connected');

  const acknowledged = new Map<string, number>();
  let next = 0;
  const write = async () => {
    for (let n = next++; n < EVENTS; n = next++) {
      const id = uuidv7();
      const event = { id, type: 'error.reported', agent: 'a', data: { message: `error ${n}` } };
      // like a runner, repeat the event until it is acknowledged
      const { events } = await untilAnswered(() =>
        send<{ events: { seq: number }[] }>(url, 'POST', '/v1/events', { events: [event] }),
      );
      acknowledged.set(id, (events[0] as { seq: number }).seq);
    }
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, write));
  for (const killAt of [300, 700]) {
    await eventually(() => acknowledged.size >= killAt, `${killAt} events to be acknowledged`);
    await service.killAndRestart();
  }
  await writing;

  expect(acknowledged.size).toBe(EVENTS);
  const { cursor } = await send<{ cursor: string }>(url, 'GET', '/v1/snapshot');
  await eventually(() => client.cursor() === cursor, 'the client to have everything');
  expect(client.connections()).toBeGreaterThanOrEqual(3);
  const errors = client.events.filter(({ type }) => type === 'error.reported');
  expect(new Map(errors.map(({ id, seq }) => [id, seq]))).toEqual(acknowledged);
  const seqs = client.events.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] as number) + index));

  const replay = openStream(url, TOKEN, { path: '/v1/stream?cursor=earliest&once=1' });
  await eventually(() => replay.events.at(-1)?.seq === seqs.at(-1), 'the whole log');
  await replay.close();
  expect(replay.events.filter(({ type }) => type === 'error.reported').slice(0, EVENTS)).toEqual(
    errors,
  );
}, 60_000);

async function startProcess() {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentlight-kill-'));
  const port = await freePort();
  const env = {
    ...process.env,
    AGENTLIGHT_DATA_DIR: dataDir,
    AGENTLIGHT_PORT: String(port),
    AGENTLIGHT_OWNER_TOKEN: TOKEN,
    AGENTLIGHT_LOG_LEVEL: 'warn',
  };
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(process.execPath, [MAIN, 'serve'], {
      env: { ...env, DATABASE_URL: '' },
      stdio: 'inherit',
    });
    await untilAnswered(() => send(url, 'GET', '/readyz'));
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  onTestFinished(async () => {
    await end('SIGTERM');
    await rm(dataDir, { recursive: true });
  });
  await start();
  return {
    url,
    async killAndRestart() {
      await end('SIGKILL');
      await start();
    },
  };
}

async function send<T>(url: string, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: HEADERS,
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return (await response.json()) as T;
}

async function untilAnswered<T>(request: () => Promise<T>): Promise<T> {
  const endsAtMs = performance.now() + 30_000;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (performance.now() > endsAtMs) throw error;
      await delay(20);
    }
  }
}
