/** Which events cause notifications, tested with a whole service. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { ServiceInstance, ServiceInstances } from './service-instances.ts';
import { prepareInstances, TOKEN } from './service-instances.ts';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

const ALWAYS = { onlyWhenNoBrowser: false };

/** A service whose targets are paths of one receiver. `sent` returns `path: title` of each notification. */
async function start(
  rules: readonly object[],
  settings: Record<string, string> = {},
): Promise<{
  receiver: Receiver;
  instances: ServiceInstances;
  service: ServiceInstance;
  sent: () => string[];
}> {
  const receiver = await startReceiver();
  const names = [...new Set(rules.map((rule) => (rule as { to: string }).to))];
  const instances = await prepareInstances({
    targets: Object.fromEntries(
      names.map((name) => [name, { type: 'ntfy', url: `${receiver.url}/${name}` }]),
    ),
    rules,
  });
  const service = await instances.start(settings);
  const sent = () =>
    receiver.received.map(({ path, headers }) => `${path.slice(1)}: ${String(headers['title'])}`);
  return { receiver, instances, service, sent };
}

async function register(
  { client }: ServiceInstance,
  id: string,
  profile: object = {},
): Promise<void> {
  await client.registerAgent(id, { name: id, capabilities: [], ...profile });
}

async function report({ client }: ServiceInstance, ...events: readonly object[]): Promise<string> {
  const { events: stored } = await client.report(JSON.stringify({ events }));
  return stored.at(-1)?.id ?? '';
}

/** Starts and ends a run. @param tookMs its duration. */
async function end(
  service: ServiceInstance,
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

test('a rule matches only the agents, tags, durations and event types that it names', async () => {
  const { service, sent } = await start([
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
  const expected = [
    'fence: fence failed',
    'glob: db1 failed',
    'glob: nightly-build failed',
    'long: nightly-build succeeded',
    'tag: db1 failed',
  ];
  await eventually(() => sent().length >= expected.length, 'the notifications');
  expect(sent().toSorted()).toEqual(expected);
});

test('several matching rules with one target cause one notification', async () => {
  const { service, sent } = await start([
    { on: ['run.failed'], to: 'one' },
    { on: ['run.failed', 'run.succeeded'], to: 'one', ...ALWAYS },
    { on: ['run.failed'], agents: ['fence'], to: 'fence', ...ALWAYS },
  ]);
  await register(service, 'a');
  await register(service, 'fence');
  await end(service, 'a');
  await end(service, 'fence');
  await eventually(() => sent().length >= 3, 'the notifications');
  expect(sent().toSorted()).toEqual(['fence: fence failed', 'one: a failed', 'one: fence failed']);
});

test('a question causes a notification unless it is answered at once', async () => {
  const { service, instances, sent } = await start([
    { on: ['approval.requested'], to: 'phone', ...ALWAYS },
  ]);
  await register(service, 'quick');
  await register(service, 'slow');
  const id = await report(service, { type: 'approval.requested', agent: 'quick', data: question });
  await service.client.request('POST', `/v1/approvals/${id}/decision`, {
    body: { choice: 'allow', hash: question.hash },
  });
  await report(service, { type: 'approval.requested', agent: 'slow', data: question });
  await eventually(() => sent().length > 0, 'the notification');
  await eventually(async () => (await instances.queued()) === 0, 'the queue to be empty');
  expect(sent()).toEqual(['phone: slow needs your approval']);
});

test('a flapping runner and its lost run cause one notification; a goodbye causes none', async () => {
  const { service, instances, receiver, sent } = await start(
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
    return service.client.open(path, undefined, abort.signal).then(() => abort);
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
  await eventually(
    () => sent().length >= 2,
    'the lost connection for one target, and the failed run for the other',
  );
  expect(sent().toSorted()).toEqual(['phone: a is offline', 'runs: a failed']);
  expect(receiver.at('/phone')[0]?.body).toBe(
    'The connection to its runner on laptop was lost during a run.',
  );

  const second = await connect();
  second.abort();
  await whenOffline();
  await end(service, 'a');
  await eventually(() => sent().length >= 4, 'the later failure');
  await eventually(async () => (await instances.queued()) === 0, 'the queue to be empty');
  expect(sent().filter((title) => title === 'phone: a is offline')).toHaveLength(1);
});

test('while a browser follows any instance, only rules without onlyWhenNoBrowser apply', async () => {
  const { service, instances, sent } = await start(
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
  await eventually(() => sent().length === 1, 'the notification');
  await eventually(async () => (await instances.queued()) === 0, 'the queue to be empty');
  expect(sent()).toEqual(['always: a failed']);

  browser.abort();
  await eventually(knows(0), 'the browser to be gone');
  await end(service, 'a');
  await eventually(() => sent().length === 3, 'both notifications');
  expect(sent().slice(1).toSorted()).toEqual(['always: a failed', 'away: a failed']);
});

test('an exceeded budget is described in words', async () => {
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
