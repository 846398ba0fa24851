/** The client examples of docs/protocol.md, against a service that restarts and crashes. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { LogEvent } from '../../../protocol/events/event.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { OWNER_TOKEN, startHub } from '../http/hub.ts';
import { send } from '../http/request.ts';
import { makeDirectory, onDatabase, startServe, whenListening } from '../http/serve-process.ts';
import { openStream } from '../http/stream-reader.ts';

interface Client {
  /** The events that it has printed, one per line. */
  events(): LogEvent[];
  errors(): string;
}

/** The first example in `language` under a heading of the protocol reference. */
async function exampleOf(heading: string, language: string): Promise<string> {
  const text = await readFile('docs/protocol.md', 'utf8');
  const [, section = ''] = text.split(`# ${heading}\n`);
  const [, code] = section.split(`\`\`\`${language}\n`);
  if (code === undefined) throw new Error(`No example of ${language} under "${heading}".`);
  return code.split('```')[0] ?? '';
}

/** Runs a program, which is ended with all its children when the test ends. */
function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Client {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: true });
  onTestFinished(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return {
    events: () =>
      out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LogEvent),
    errors: () => errors,
  };
}

async function startClients(url: string, readToken: string): Promise<Record<string, Client>> {
  const env = { AGENTLIGHT_URL: url, AGENTLIGHT_TOKEN: readToken };
  const node = (code: string) =>
    run(process.execPath, ['--input-type=module', '--eval', code], env, process.cwd());
  const page = `
    import { EventSource } from '${import.meta.resolve('eventsource')}';
    const [service, token] = ${JSON.stringify([url, readToken])};
    const showFleet = () => {};
    const showEvent = (event) => console.log(JSON.stringify(event));
    ${await exampleOf('EventSource in a page', 'js')}`;
  return {
    curl: run(
      'sh',
      ['-c', await exampleOf('curl, in a loop that resumes', 'sh')],
      env,
      await makeDirectory(),
    ),
    fetch: node(await exampleOf('fetch, with `eventsource-parser`', 'js')),
    eventsource: node(await exampleOf('The package `eventsource`', 'js')),
    page: node(page),
  };
}

test('every client reconnects after restarts and crashes, without lost or repeated events', async () => {
  const port = await freePort();
  const place = ['--port', String(port), ...(await onDatabase())];
  const token = OWNER_TOKEN;
  let serve = startServe(place);
  const url = await whenListening(serve);
  await send(url, 'PUT', '/v1/agents/a', { token, body: { name: 'A' } });
  const body = { user: 'reader', scopes: ['read'] };
  const { text } = await send(url, 'POST', '/v1/tokens', { token, body });
  const { token: readToken } = JSON.parse(text) as { token: string };
  const report = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const events = [{ type: 'error.reported', agent: 'a', data: { message: `\\n "${n}" ✓` } }];
      const { status } = await send(url, 'POST', '/v1/events', { token, body: { events } });
      expect(status).toBe(200);
    }
  };
  const clients = Object.entries(await startClients(url, readToken));
  const openStreams = async () => {
    const metrics = await send(url, 'GET', '/metrics', { token });
    return Number(/streams_open\{kind="main",state="following"\} (\d+)/.exec(metrics.text)?.[1]);
  };
  await eventually(async () => (await openStreams()) === clients.length, 'all clients');

  for (const signal of ['SIGTERM', 'SIGKILL', 'SIGTERM'] as const) {
    await report(10);
    serve.child.kill(signal);
    await serve.ended;
    serve = startServe(place);
    await whenListening(serve);
    await report(10);
    const all = await openStream(url, '/v1/stream?cursor=earliest&once=1', { token });
    await all.ended;
    const history = all.events();
    const last = history.at(-1)?.seq;
    for (const [name, { events, errors }] of clients) {
      await eventually(
        () => events().at(-1)?.seq === last,
        `${name} to have all events: ${errors()}`,
      );
      const first = events()[0]?.seq ?? 0;
      expect([name, events()]).toEqual([name, history.filter(({ seq }) => seq >= first)]);
      expect(events().length).toBeGreaterThanOrEqual(20);
    }
  }
  expect(serve.stdout() + serve.stderr()).not.toContain(readToken);
});

test('the example that reports events works', async () => {
  const hub = await startHub();
  const env = { AGENTLIGHT_URL: hub.url, AGENTLIGHT_TOKEN: OWNER_TOKEN };
  const code = await exampleOf('Report events', 'sh');
  const { errors } = run('sh', ['-euc', code], env, process.cwd());
  const isDone = async () =>
    (await hub.fleet()).agents['backup']?.recent[0]?.status === 'succeeded';
  await eventually(isDone, `the run: ${errors()}`);
  const types = (await hub.history()).map(({ type }) => type);
  expect(types.slice(-3)).toEqual(['agent.registered', 'run.started', 'run.succeeded']);
});

test('a stream that is requested while the service starts waits for it, because EventSource would give up', async () => {
  const hub = await startHub();
  await hub.stop();
  // the start appends to the log, which waits for this lock
  let unlock = () => {};
  const locked = new Promise<void>((resolve) => {
    unlock = resolve;
  });
  const lock = hub.sql.begin(async (transaction) => {
    await transaction`select * from head for update`;
    await locked;
  });
  const starting = hub.start();
  const isReady = async () =>
    (await hub.send('GET', '/readyz').catch(() => undefined))?.status === 503;
  await eventually(isReady, 'the port to be open');
  const stream = hub.stream('/v1/stream');
  expect((await hub.send('GET', '/v1/snapshot')).status).toBe(503);
  unlock();
  await Promise.all([lock, starting]);
  expect(await (await stream).hello()).toMatchObject({ protocol: 1 });
});

test('the last message tells clients that know only the standard when to reconnect', async () => {
  const hub = await startHub();
  const streams = await Promise.all(Array.from({ length: 20 }, () => hub.stream('/v1/stream')));
  for (const stream of streams) await stream.snapshot();
  await hub.stop();
  const waits = new Set<number>();
  for (const stream of streams) {
    const { retryMs } = await stream.bye();
    const [, retry] = /\n\nretry: (\d+)\nevent: bye\n/.exec(stream.text()) ?? [];
    expect(Number(retry)).toBe(1_000 + retryMs);
    waits.add(Number(retry));
  }
  expect(waits.size).toBeGreaterThan(10);
});
