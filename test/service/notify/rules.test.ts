/** Which events become notifications, as a whole service decides it. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Instance, Instances } from './instances.ts';
import { prepareInstances, TOKEN } from './instances.ts';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

const ALWAYS = { onlyWhenNoBrowser: false };

/** A service that posts to the path that a rule names as its target; titles are all that is looked at. */
async function start(
  rules: readonly object[],
  settings: Record<string, string> = {},
): Promise<{ receiver: Receiver; instances: Instances; service: Instance; told: () => string[] }> {
  const receiver = await startReceiver();
  const names = [...new Set(rules.map((rule) => (rule as { to: string }).to))];
  const instances = await prepareInstances({
    targets: Object.fromEntries(
      names.map((name) => [name, { type: 'ntfy', url: `${receiver.url}/${name}` }]),
    ),
    rules,
  });
  const service = await instances.start(settings);
  const told = () =>
    receiver.received.map(({ path, headers }) => `${path.slice(1)}: ${String(headers['title'])}`);
  return { receiver, instances, service, told };
}

async function register({ client }: Instance, id: string, profile: object = {}): Promise<void> {
  await client.registerAgent(id, { name: id, capabilities: [], ...profile });
}

async function report({ client }: Instance, ...events: readonly object[]): Promise<string> {
  const { events: stored } = await client.report(JSON.stringify({ events }));
  return stored.at(-1)?.id ?? '';
}

/** @param tookMs how long ago it began. */
async function end(
  service: Instance,
  agent: string,
  type: 'run.failed' | 'run.succeeded' = 'run.failed',
  tookMs = 0,
): Promise<void> {
  const run = randomUUID();
  const time = new Date(Date.now() - tookMs).toISOString();
  const data = type === 'run.failed' ? { reason: 'exit', message: 'x' } : {};
  await report(service, { type: 'run.started', agent, run, time }, { type, agent, run, data });
}

const question = {
  kind: 'permission',
  title: 'Run a command',
  details: 'git push',
  choices: [
    { id: 'allow', label: 'Allow', tone: 'allow' },
    { id: 'deny', label: 'Deny', tone: 'deny' },
  ],
  hash: '0'.repeat(64),
};

test('a rule takes the agents, tags, durations and kinds of events that it names, and no others', async () => {
  const { service, told } = await start([
    { on: ['run.failed'], agents: ['nightly-*', 'db?'], to: 'glob', ...ALWAYS },
    { on: ['run.failed'], tags: ['prod', 'ci'], to: 'tag', ...ALWAYS },
    { on: ['run.succeeded'], minDurationMs: 60_000, to: 'long', ...ALWAYS },
    { on: ['run.failed'], agents: ['fence'], to: 'fence', ...ALWAYS },
  ]);
  await register(service, 'nightly-build');
  await register(service, 'db10');
  await register(service, 'db1', { tags: ['prod'] });
  await register(service, 'fence');
  await end(service, 'db10');
  await end(service, 'nightly-build', 'run.succeeded', 1_000);
  await end(service, 'nightly-build', 'run.succeeded', 61_000);
  await end(service, 'nightly-build');
  await end(service, 'db1');
  await end(service, 'fence');
  const wanted = [
    'fence: fence failed',
    'glob: db1 failed',
    'glob: nightly-build failed',
    'long: nightly-build succeeded',
    'tag: db1 failed',
  ];
  await eventually(() => told().length >= wanted.length, 'what was asked for');
  expect(told().toSorted()).toEqual(wanted);
});

test('several rules with one target tell it once', async () => {
  const { service, told } = await start([
    { on: ['run.failed'], to: 'one' },
    { on: ['run.failed', 'run.succeeded'], to: 'one', ...ALWAYS },
    { on: ['run.failed'], agents: ['fence'], to: 'fence', ...ALWAYS },
  ]);
  await register(service, 'a');
  await register(service, 'fence');
  await end(service, 'a');
  await end(service, 'fence');
  await eventually(() => told().length >= 3, 'the notifications');
  expect(told().toSorted()).toEqual(['fence: fence failed', 'one: a failed', 'one: fence failed']);
});

test('a question is told, unless it is answered at once', async () => {
  const { service, instances, told } = await start([
    { on: ['approval.requested'], to: 'phone', ...ALWAYS },
  ]);
  await register(service, 'quick');
  await register(service, 'slow');
  const id = await report(service, { type: 'approval.requested', agent: 'quick', data: question });
  await service.client.request('POST', `/v1/approvals/${id}/decision`, {
    body: { choice: 'allow', hash: question.hash },
  });
  await report(service, { type: 'approval.requested', agent: 'slow', data: question });
  await eventually(() => told().length > 0, 'the notification');
  await eventually(async () => (await instances.queued()) === 0, 'the queue to be empty');
  expect(told()).toEqual(['phone: slow needs your approval']);
});

test('a lost runner is told once while it flaps, and its lost run with it; one that said goodbye is not', async () => {
  const { service, instances, receiver, told } = await start(
    [
      { on: ['agent.offline', 'run.failed'], to: 'phone', ...ALWAYS },
      { on: ['run.failed'], to: 'runs', ...ALWAYS },
    ],
    { AGENTLIGHT_DISCONNECT_GRACE_MS: '20', AGENTLIGHT_LOST_RUN_MS: '100' },
  );
  await register(service, 'a', { host: 'laptop' });
  const whenOffline = () =>
    eventually(async () => {
      const [agent] = await service.client.agents();
      return agent?.liveness === 'offline';
    }, 'the agent to be offline');
  const connect = () => {
    const abort = new AbortController();
    const path = '/v1/runners/r/commands?agent=a';
    return service.client.stream(path, undefined, abort.signal).then(() => abort);
  };

  const leaving = await connect();
  await service.client.goodbye('r', 1, 'goodbye', 1_000);
  leaving.abort();
  await whenOffline();
  expect(await instances.queued()).toBe(0);

  const first = await connect();
  await report(service, { type: 'run.started', agent: 'a', run: randomUUID() });
  first.abort();
  await whenOffline();
  await eventually(() => told().length >= 2, 'the loss, and the run for who asked for runs alone');
  expect(told().toSorted()).toEqual(['phone: a is offline', 'runs: a failed']);
  expect(receiver.at('/phone')[0]?.body).toBe(
    'Its runner on laptop is out of contact in the middle of a run.',
  );

  const second = await connect();
  second.abort();
  await whenOffline();
  await end(service, 'a');
  await eventually(() => told().length >= 4, 'a failure after that');
  await eventually(async () => (await instances.queued()) === 0, 'the queue to be empty');
  expect(told().filter((title) => title === 'phone: a is offline')).toHaveLength(1);
});

test('while a browser follows any instance, only those are told who want it in any case', async () => {
  const { service, instances, told } = await start(
    [
      { on: ['run.failed'], to: 'away' },
      { on: ['run.failed'], to: 'always', ...ALWAYS },
    ],
    { AGENTLIGHT_INSTANCE_LEASE_MS: '400' },
  );
  const other = await instances.start({ AGENTLIGHT_INSTANCE_LEASE_MS: '400' });
  await register(service, 'a');
  const browser = new AbortController();
  const stream = await fetch(`${other.url}/v1/stream`, {
    headers: { 'Authorization': `Bearer ${TOKEN}`, 'User-Agent': 'Mozilla/5.0 (X11) Chrome/150' },
    signal: browser.signal,
  });
  expect(stream.status).toBe(200);
  const knows = (count: number) => async () => {
    const [row] = await instances.sql<{ sum: number }[]>`
      select sum(browsers)::int as sum from instances`;
    return row?.sum === count;
  };
  await eventually(knows(1), 'the browser to be known');
  await end(service, 'a');
  await eventually(() => told().length === 1, 'the notification');
  await eventually(async () => (await instances.queued()) === 0, 'the queue to be empty');
  expect(told()).toEqual(['always: a failed']);

  browser.abort();
  await eventually(knows(0), 'the browser to be gone');
  await end(service, 'a');
  await eventually(() => told().length === 3, 'both notifications');
  expect(told().slice(1).toSorted()).toEqual(['always: a failed', 'away: a failed']);
});

test('a budget that is exceeded is told in words', async () => {
  const { service, receiver } = await start([{ on: ['budget.exceeded'], to: 'phone', ...ALWAYS }]);
  await register(service, 'a', { budget: { costUsdPerRun: 1 } });
  const run = randomUUID();
  await report(
    service,
    { type: 'run.started', agent: 'a', run },
    { type: 'usage.reported', agent: 'a', run, data: { costUsd: 1.5 } },
  );
  await eventually(() => receiver.received.length > 0, 'the notification');
  expect(receiver.received[0]?.headers['title']).toBe('a is over its budget');
  expect(receiver.received[0]?.body).toBe('It has used $1.50 of $1.00 in one run.');
});
