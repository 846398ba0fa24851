import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError } from '../../../service/config.ts';
import { readWebhooks } from '../../../service/webhooks-file.ts';
import type { DeliveryAnswer } from '../../../protocol/wire/messages.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import type { Answer } from './request.ts';
import { jsonOf } from './request.ts';

const SECRET = 'a-secret-of-a-test-0123456789';

const status = {
  pointer: '/build/state',
  map: { started: 'running', waiting: 'queued', held: 'paused', ok: 'succeeded', broken: 'failed' },
};
const WEBHOOKS = {
  builds: {
    agent: { pointer: '/project/name' },
    run: '/build/id',
    status: { ...status, map: { ...status.map, stopped: 'cancelled', moot: 'ignore' } },
    message: '/build/notes/0',
    progress: '/build/percent',
    progressMax: 100,
    delivery: '/delivery',
    kind: 'builder',
    tags: ['ci'],
  },
  signed: {
    secret: SECRET,
    signatureHeader: 'X-Signature',
    agent: { const: 'nightly' },
    name: 'Nightly build',
    run: '/a~1b/~0c',
    status: { pointer: '/ok', map: { 'true': 'succeeded', '*': 'failed' } },
  },
};

let dir: string;
let hub: Hub;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'agentlight-test-'));
  hub = await openHub({ AGENTLIGHT_WEBHOOKS: await write(WEBHOOKS) });
});
afterAll(async () => {
  await hub.close();
  await rm(dir, { recursive: true });
});

async function write(content: unknown): Promise<string> {
  const file = join(dir, `${randomUUID()}.json`);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const build = (project: string, state: string, rest: object = {}, outer: object = {}) => ({
  project: { name: project },
  build: { id: 7, state, ...rest },
  ...outer,
});

const post = (body: unknown, name = 'builds'): Promise<Answer> =>
  hub.send('POST', `/v1/hooks/${name}`, { body });

async function deliver(body: object): Promise<Required<Omit<DeliveryAnswer, 'ignored'>>> {
  const answer = await post({ delivery: randomUUID(), ...body });
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"run"')]);
  const { agent = '', run = '' } = jsonOf(answer) as DeliveryAnswer;
  return { agent, run };
}

test('a webhook tells of an agent and its run, where the pointers say', async () => {
  const { agent, run } = await deliver(
    build('web', 'started', { percent: 25, notes: ['compiling'] }),
  );
  let fleet = await hub.fleet();
  expect(fleet.agents[agent]).toMatchObject({
    id: 'web',
    name: 'web',
    kind: 'builder',
    tags: ['ci'],
    owner: 'owner',
    liveness: 'unmonitored',
  });
  expect(fleet.runs[run]).toMatchObject({
    status: 'running',
    progress: { value: 0.25, message: 'compiling' },
  });
  await deliver(build('web', 'broken', { notes: ['3 errors'] }));
  fleet = await hub.fleet();
  expect(fleet.runs[run]).toMatchObject({ status: 'failed', message: '3 errors' });
});

test.each([
  ['started', 'running'],
  ['waiting', 'paused'],
  ['held', 'paused'],
  ['ok', 'succeeded'],
  ['broken', 'failed'],
  ['stopped', 'cancelled'],
])('the state %s means %s', async (state, expected) => {
  const { run } = await deliver(build(`state-${state}`, state));
  expect((await hub.fleet()).runs[run]?.status).toBe(expected);
});

test('deliveries out of order and again change nothing', async () => {
  const project = 'order';
  const { run } = await deliver(build(project, 'started', {}, { delivery: 2 }));
  await deliver(build(project, 'waiting', {}, { delivery: 1 }));
  expect((await hub.fleet()).runs[run]?.status).toBe('running');
  await deliver(build(project, 'held', {}, { delivery: 3 }));
  await deliver(build(project, 'started', {}, { delivery: 4 }));
  await deliver(build(project, 'held', {}, { delivery: 3 }));
  expect((await hub.fleet()).runs[run]?.status).toBe('running');
  await deliver(build(project, 'ok', {}, { delivery: 5 }));
  const before = await hub.history();
  for (const state of ['waiting', 'started', 'held', 'ok', 'broken']) {
    await deliver(build(project, state, { percent: 1 }, { delivery: state }));
  }
  expect(await hub.history()).toEqual(before);
});

test('an agent that somebody has described stays as it is described', async () => {
  await hub.register('known', { name: 'Known', capabilities: ['run'] });
  await deliver(build('known', 'started'));
  expect((await hub.fleet()).agents['known']).toMatchObject({
    name: 'Known',
    capabilities: ['run'],
  });
});

test('names that can be no ids become ids that differ', async () => {
  const names = [
    'Grün & Söhne',
    'Grun & Sohne',
    'grün',
    '日本',
    '日',
    'x'.repeat(100),
    'constructor',
  ];
  const ids = new Set<string>();
  for (const name of names) ids.add((await deliver(build(name, 'started'))).agent);
  expect(ids.size).toBe(names.length);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
});

test.each([
  ['/build/id', 'no run', build('a', 'ok', { id: undefined })],
  ['/build/id', 'a run that is a list', build('a', 'ok', { id: [1] })],
  ['/project/name', 'an empty name', build('', 'ok')],
  ['/project/name', 'no project', { ...build('a', 'ok'), project: null }],
  ['/build/state', 'no state', build('a', 'ok', { state: null })],
  ['/build/state', 'an unknown state', build('a', 'exploded')],
  ['/build/state', 'an inherited state', build('a', 'constructor')],
  ['/build/percent', 'too much progress', build('a', 'started', { percent: 101 })],
  ['/build/percent', 'progress in words', build('a', 'started', { percent: '50' })],
  ['/build/notes/0', 'a message that is no text', build('a', 'ok', { notes: [{}] })],
  ['/delivery', 'a delivery that is no text', build('a', 'ok', {}, { delivery: {} })],
])('names %s when there is %s, and stores nothing', async (pointer, _what, body) => {
  const before = await hub.history();
  const answer = await post({ delivery: randomUUID(), ...body });
  expect([answer.status, jsonOf(answer)]).toMatchObject([
    400,
    { type: '/problems/invalid-request', pointer, detail: expect.stringContaining(pointer) },
  ]);
  expect(await hub.history()).toEqual(before);
});

test('a state that the mapping ignores is ignored', async () => {
  const answer = await post(build('a', 'moot', {}, { delivery: 1 }));
  expect([answer.status, jsonOf(answer)]).toEqual([202, { ignored: expect.any(String) }]);
});

test('without a delivery in the body nothing is taken', async () => {
  const answer = await post({ project: { name: 'a' }, build: { id: 1, state: 'ok' } });
  expect(answer.status).toBe(400);
});

test('a webhook that there is not says where to describe it', async () => {
  for (const name of ['nothing', 'constructor', '__proto__']) {
    const answer = await post({}, name);
    expect([answer.status, answer.text]).toEqual([
      404,
      expect.stringContaining('AGENTLIGHT_WEBHOOKS'),
    ]);
  }
});

test('a signature is as good as a token, and a wrong one is no token', async () => {
  const text = JSON.stringify({ 'ok': true, 'a/b': { '~c': 1 } });
  const signature = createHmac('sha256', SECRET).update(text).digest('hex');
  const signed = (value: string, token?: string) =>
    hub.send('POST', '/v1/hooks/signed', { token, body: text, headers: { 'X-Signature': value } });
  for (const good of [signature, `sha256=${signature}`, signature.toUpperCase()]) {
    expect((await signed(good)).status).toBe(200);
  }
  const { agents, runs } = await hub.fleet();
  const nightly = agents['nightly'];
  expect(nightly).toMatchObject({ name: 'Nightly build', owner: 'webhook:signed' });
  expect(runs[nightly?.lastRun ?? '']?.status).toBe('succeeded');
  const before = await hub.history();
  for (const token of [undefined, await hub.token('owner', ['report'])]) {
    const wrong = await signed('0'.repeat(64), token);
    expect(jsonOf(wrong)).toMatchObject({ status: 401, type: '/problems/invalid-signature' });
  }
  const nothing = await hub.send('POST', '/v1/hooks/signed', { token: undefined, body: text });
  expect(jsonOf(nothing)).toMatchObject({ status: 401, type: '/problems/unauthorized' });
  expect(await hub.history()).toEqual(before);
  expect(hub.logText()).not.toContain(SECRET);
});

test("a sender can not write to somebody else's agent", async () => {
  const token = await hub.token('bob', ['report']);
  await hub.register('mine');
  const answer = await hub.send('POST', '/v1/hooks/builds', {
    token,
    body: build('mine', 'ok', {}, { delivery: 1 }),
  });
  expect(jsonOf(answer)).toMatchObject({ status: 403, type: '/problems/not-owner' });
});

const messageOf = async (file: string): Promise<string> => {
  const error: unknown = await readWebhooks(file).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
};

test.each([
  ['{', /is not valid JSON\.$/],
  [[], /the whole file/],
  [{ github: WEBHOOKS.builds }, /github: is taken/],
  [{ Builds: WEBHOOKS.builds }, /must be 1 to 40/],
  [{ b: {} }, /b\.agent.*b\.run.*b\.status/s],
  [{ b: { ...WEBHOOKS.builds, run: 'build.id' } }, /b\.run: must be a JSON Pointer/],
  [{ b: { ...WEBHOOKS.builds, run: '/a~2' } }, /b\.run: must be a JSON Pointer/],
  [{ b: { ...WEBHOOKS.builds, agent: { const: 'A B' } } }, /b\.agent/],
  [{ b: { ...WEBHOOKS.builds, surprise: 1 } }, /surprise/],
  [{ b: { ...WEBHOOKS.builds, secret: 'short' } }, /b\.secret: must be 16 to 200/],
  [
    { b: { ...WEBHOOKS.builds, status: { pointer: '/s', map: { ok: 'fine' } } } },
    /b\.status\.map\.ok/,
  ],
] as const)('the file %j stops the start, and says where', async (content, expected) => {
  const message = await messageOf(await write(content));
  expect(message).toMatch(/^AGENTLIGHT_WEBHOOKS: /);
  expect(message).toMatch(expected);
  expect(message).not.toContain('short');
});

test('a file that there is not stops the start', async () => {
  expect(await messageOf(join(dir, 'nowhere.json'))).toMatch(
    /can't read .*nowhere.json \(ENOENT\)/,
  );
  await expect(openHub({ AGENTLIGHT_WEBHOOKS: join(dir, 'nowhere.json') })).rejects.toThrow(
    /ENOENT/,
  );
});

test('the example of docs/integrations.md is a file that the service takes', async () => {
  const page = await readFile('docs/integrations.md', 'utf8');
  const [example] = page.match(/(?<=```json\n)\{\n[\s\S]*?(?=```)/) ?? [];
  expect(Object.keys(await readWebhooks(await write(example)))).toEqual(['builds']);
});
