/** Delivery of notifications from the log to a receiver, including every failure on the way. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { ServiceInstance, ServiceInstances } from './service-instances.ts';
import { prepareInstances, SECRET, TOKEN } from './service-instances.ts';
import type { Received, Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

const ALWAYS = { onlyWhenNoBrowser: false };

/** One webhook that gets failed runs, even while a browser is open. */
async function prepare(): Promise<{ receiver: Receiver; instances: ServiceInstances }> {
  const receiver = await startReceiver();
  const instances = await prepareInstances({
    link: 'https://status.example/{agent}?run={run}',
    targets: { hook: { type: 'webhook', url: `${receiver.url}/hook`, secret: SECRET } },
    rules: [{ on: ['run.failed'], to: 'hook', ...ALWAYS }],
  });
  return { receiver, instances };
}

async function register(
  { client }: ServiceInstance,
  id = 'a',
  profile: object = {},
): Promise<void> {
  await client.registerAgent(id, { name: id.toUpperCase(), capabilities: [], ...profile });
}

/** Starts and ends a run; by default it fails. */
async function end(
  { client }: ServiceInstance,
  { agent = 'a', type = 'run.failed', message = 'it broke' } = {},
): Promise<string> {
  const run = randomUUID();
  const data = type === 'run.failed' ? { reason: 'exit', exitCode: 1, message } : { message };
  const events = [
    { type: 'run.started', agent, run },
    { type, agent, run, data },
  ];
  await client.report(JSON.stringify({ events }));
  return run;
}

/** Verifies the signature as Standard Webhooks specifies, with Web Crypto. */
async function isSigned({ headers, body }: Received): Promise<boolean> {
  const key = await crypto.subtle.importKey(
    'raw',
    Uint8Array.from(atob(SECRET.slice('whsec_'.length)), (char) => char.charCodeAt(0)),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  const [version, signature = ''] = String(headers['webhook-signature']).split(',');
  const ageS = Math.abs(Date.now() / 1_000 - Number(headers['webhook-timestamp']));
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const bytes = Uint8Array.from(atob(signature), (char) => char.charCodeAt(0));
  const isGood = await crypto.subtle.verify('HMAC', key, bytes, new TextEncoder().encode(content));
  return isGood && version === 'v1' && ageS < 300;
}

const idOf = ({ headers }: Received) => String(headers['webhook-id']);

test('two instances send each notification once, signed and complete', async () => {
  const { receiver, instances } = await prepare();
  const [one, two] = await Promise.all([instances.start(), instances.start()]);
  await register(one, 'a', { name: 'Unit tests', host: 'laptop', tags: ['ci'] });
  const runs = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      end(index % 2 === 0 ? one : two, { message: `first line\n\u001b[31mfailure ${index}\n` }),
    ),
  );
  await eventually(() => receiver.received.length >= 10, 'the notifications');
  await eventually(async () => (await instances.queued()) === 0, 'the queue to be empty');

  expect(receiver.received).toHaveLength(10);
  const bodies = receiver.received.map(({ body }) => JSON.parse(body));
  expect(new Set(bodies.map(({ data }) => data.run.id))).toEqual(new Set(runs));
  expect(new Set(receiver.received.map(idOf)).size).toBe(10);
  for (const received of receiver.received) expect(await isSigned(received)).toBe(true);
  const first = bodies.find(({ data }) => data.run.id === runs[0]);
  expect(first).toEqual({
    type: 'run.failed',
    timestamp: expect.stringMatching(/^20.*Z$/),
    data: {
      seq: expect.any(Number),
      title: 'Unit tests failed',
      message: ' [31mfailure 0'.trim(),
      agent: { id: 'a', name: 'Unit tests', host: 'laptop', tags: ['ci'] },
      run: {
        id: runs[0],
        status: 'failed',
        durationMs: expect.any(Number),
        requestedBy: 'owner',
      },
      link: `https://status.example/a?run=${runs[0]}`,
    },
  });
  const tampered = { ...(receiver.received[0] as Received), body: '{}' };
  expect(await isSigned(tampered)).toBe(false);
});

test('a failed notification is retried with the same id, and the results are counted', async () => {
  const { receiver, instances } = await prepare();
  const service = await instances.start();
  await register(service);
  receiver.answer(500);
  await end(service);
  await eventually(() => receiver.received.length >= 2, 'a second attempt');
  receiver.answer(204);
  await eventually(async () => (await instances.queued()) === 0, 'the delivery');
  expect(new Set(receiver.received.map(idOf)).size).toBe(1);
  for (const received of receiver.received) expect(await isSigned(received)).toBe(true);

  const response = await fetch(`${service.url}/metrics`, {
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  const metrics = await response.text();
  const failed = receiver.received.length - 1;
  const series = 'agentlight_notifications_total{target="webhook",result=';
  expect(metrics).toContain(`${series}"delivered"} 1\n`);
  expect(metrics).toContain(`${series}"failed"} ${failed}\n`);
});

test('an unsent notification is sent after a restart, with the same id', async () => {
  const { receiver, instances } = await prepare();
  receiver.answer(503);
  const first = await instances.start();
  await register(first);
  await end(first);
  await eventually(() => receiver.received.length >= 1, 'the first attempt');
  await first.stop();
  expect(await instances.queued()).toBe(1);
  receiver.answer(200);
  const before = receiver.received.length;
  await instances.start();
  await eventually(() => receiver.received.length > before, 'the next attempt');
  await eventually(async () => (await instances.queued()) === 0, 'the delivery');
  expect(new Set(receiver.received.map(idOf)).size).toBe(1);
});

test('events during a pause of notifications are sent; events before the first start are not', async () => {
  const { receiver, instances } = await prepare();
  const disabled = { AGENTLIGHT_NOTIFY: '' };
  const before = await instances.start(disabled);
  await register(before);
  await end(before, { message: 'before the first start' });
  await before.stop();
  await (await instances.start()).stop();
  const paused = await instances.start(disabled);
  await end(paused, { message: 'during the pause' });
  await paused.stop();
  await instances.start();
  await eventually(() => receiver.received.length > 0, 'the notification');
  expect(receiver.received.map(({ body }) => JSON.parse(body).data.message)).toEqual([
    'during the pause',
  ]);
});

test('when an instance dies while it sends, another sends the notification again', async () => {
  const { receiver, instances } = await prepare();
  receiver.answer('never');
  const service = await instances.start();
  await register(service);
  await end(service);
  await eventually(() => receiver.received.length === 1, 'an attempt without a response');
  const other = await instances.start();
  receiver.answer(200);
  // expire the lease
  await instances.sql`update notices set due_at = now()`;
  await eventually(async () => (await instances.queued()) === 0, 'the delivery');
  expect(receiver.received).toHaveLength(2);
  expect(new Set(receiver.received.map(idOf)).size).toBe(1);
  await other.stop();
});

test('a receiver that does not respond delays neither reports nor the stop of the service', async () => {
  const { receiver, instances } = await prepare();
  receiver.answer('never');
  const service = await instances.start();
  await register(service);
  for (let n = 0; n < 20; n += 1) await end(service);
  await eventually(
    () => receiver.received.length === 4,
    'the maximum number of concurrent attempts',
  );
  const beganMs = performance.now();
  await end(service);
  expect(performance.now() - beganMs).toBeLessThan(1_000);
  await eventually(async () => (await instances.queued()) === 21, 'all to be queued');
  await service.stop();
  expect(performance.now() - beganMs).toBeLessThan(4_000);
  expect(await instances.queued()).toBe(21);
});

test('redirects are not followed, refusals are not retried, and neither logs a secret', async () => {
  const { receiver, instances } = await prepare();
  const service = await instances.start();
  await register(service);
  receiver.answer(302, { Location: `${receiver.url}/elsewhere` });
  await end(service);
  await eventually(
    () => instances.logText().includes('"status 302"'),
    'the notification to be given up',
  );
  receiver.answer(401);
  await end(service);
  await eventually(
    () => instances.logText().includes('"status 401"'),
    'the notification to be given up',
  );
  expect(await instances.queued()).toBe(0);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook', '/hook']);
  expect(instances.logText()).toContain('gave up a notification');
  expect(instances.logText()).not.toContain(receiver.url);
  expect(instances.logText()).not.toContain(SECRET);
});

test('the queue of a target is limited', async () => {
  const { receiver, instances } = await prepare();
  receiver.answer(500, { 'Retry-After': '300' });
  const service = await instances.start();
  await register(service);
  await instances.sql`
    insert into notices (id, seq, target, notice, unless_browser, due_at)
    select gen_random_uuid(), -n, 'hook', '{}', false, now() + interval '1 hour'
    from generate_series(1, 999) as n`;
  await end(service, { message: 'the last that fits' });
  await end(service, { message: 'one too many' });
  await eventually(
    () => instances.logText().includes('a notification was dropped'),
    'the notification to be dropped',
  );
  expect(await instances.queued()).toBe(1_000);
});
