/** Notifications on their way: from the log, through every accident, to a receiver. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Instance, Instances } from './instances.ts';
import { prepareInstances, SECRET, TOKEN } from './instances.ts';
import type { Received, Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

const ALWAYS = { onlyWhenNoBrowser: false };

/** One webhook that is told of failures, whether a browser is open or not. */
async function prepare(): Promise<{ receiver: Receiver; instances: Instances }> {
  const receiver = await startReceiver();
  const instances = await prepareInstances({
    link: 'https://status.example/{agent}?run={run}',
    targets: { hook: { type: 'webhook', url: `${receiver.url}/hook`, secret: SECRET } },
    rules: [{ on: ['run.failed'], to: 'hook', ...ALWAYS }],
  });
  return { receiver, instances };
}

async function register({ client }: Instance, id = 'a', profile: object = {}): Promise<void> {
  await client.registerAgent(id, { name: id.toUpperCase(), capabilities: [], ...profile });
}

/** A run that fails, or ends as is said. */
async function end(
  { client }: Instance,
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

/** As a receiver would that has read the specification of Standard Webhooks, with Web Crypto. */
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

test('of two instances one tells, once, signed, with what a person needs', async () => {
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

test('one that failed is sent again under the same id, and what became of it is counted', async () => {
  const { receiver, instances } = await prepare();
  const service = await instances.start();
  await register(service);
  receiver.answer(500);
  await end(service);
  await eventually(() => receiver.received.length >= 2, 'a second try');
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

test('what could not be sent is sent after a restart, under the same id', async () => {
  const { receiver, instances } = await prepare();
  receiver.answer(503);
  const first = await instances.start();
  await register(first);
  await end(first);
  await eventually(() => receiver.received.length >= 1, 'the first try');
  await first.stop();
  expect(await instances.queued()).toBe(1);
  receiver.answer(200);
  const before = receiver.received.length;
  await instances.start();
  await eventually(() => receiver.received.length > before, 'the next try');
  await eventually(async () => (await instances.queued()) === 0, 'the delivery');
  expect(new Set(receiver.received.map(idOf)).size).toBe(1);
});

test('what happened while nobody looked is told; what was there before anybody looked is not', async () => {
  const { receiver, instances } = await prepare();
  const without = { AGENTLIGHT_NOTIFY: '' };
  const before = await instances.start(without);
  await register(before);
  await end(before, { message: 'before anybody looked' });
  await before.stop();
  await (await instances.start()).stop();
  const meanwhile = await instances.start(without);
  await end(meanwhile, { message: 'while nobody looked' });
  await meanwhile.stop();
  await instances.start();
  await eventually(() => receiver.received.length > 0, 'the notification');
  expect(receiver.received.map(({ body }) => JSON.parse(body).data.message)).toEqual([
    'while nobody looked',
  ]);
});

test('when the instance that sends dies in the midst of it, another sends it again', async () => {
  const { receiver, instances } = await prepare();
  receiver.answer('never');
  const service = await instances.start();
  await register(service);
  await end(service);
  await eventually(() => receiver.received.length === 1, 'a try without an answer');
  const other = await instances.start();
  receiver.answer(200);
  // its lease is over
  await instances.sql`update notices set due_at = now()`;
  await eventually(async () => (await instances.queued()) === 0, 'the delivery');
  expect(receiver.received).toHaveLength(2);
  expect(new Set(receiver.received.map(idOf)).size).toBe(1);
  await other.stop();
});

test('a receiver that does not answer holds up nothing but itself, and not the end of the service', async () => {
  const { receiver, instances } = await prepare();
  receiver.answer('never');
  const service = await instances.start();
  await register(service);
  for (let n = 0; n < 20; n += 1) await end(service);
  await eventually(() => receiver.received.length === 4, 'all tries that may be under way');
  const beganMs = performance.now();
  await end(service);
  expect(performance.now() - beganMs).toBeLessThan(1_000);
  await eventually(async () => (await instances.queued()) === 21, 'all to be queued');
  await service.stop();
  expect(performance.now() - beganMs).toBeLessThan(4_000);
  expect(await instances.queued()).toBe(21);
});

test('a redirection is not followed, and a refusal not repeated; neither tells a secret to the log', async () => {
  const { receiver, instances } = await prepare();
  const service = await instances.start();
  await register(service);
  receiver.answer(302, { Location: `${receiver.url}/elsewhere` });
  await end(service);
  await eventually(() => instances.logText().includes('"status 302"'), 'it to be given up');
  receiver.answer(401);
  await end(service);
  await eventually(() => instances.logText().includes('"status 401"'), 'it to be given up');
  expect(await instances.queued()).toBe(0);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook', '/hook']);
  expect(instances.logText()).toContain('a notification was given up');
  expect(instances.logText()).not.toContain(receiver.url);
  expect(instances.logText()).not.toContain(SECRET);
});

test('the queue of a target has an end', async () => {
  const { receiver, instances } = await prepare();
  receiver.answer(500, { 'Retry-After': '300' });
  const service = await instances.start();
  await register(service);
  await instances.sql`
    insert into notices (id, seq, target, notice, unless_browser, due_at)
    select gen_random_uuid(), -n, 'hook', '{}', false, now() + interval '1 hour'
    from generate_series(1, 999) as n`;
  await end(service, { message: 'the last that has a place' });
  await end(service, { message: 'one too many' });
  await eventually(() => instances.logText().includes('one was dropped'), 'it to be dropped');
  expect(await instances.queued()).toBe(1_000);
});
