import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { Client } from '../../../protocol/client/client.ts';
import type { LinkOptions } from '../../../service/runner/link/link.ts';
import { Link } from '../../../service/runner/link/link.ts';
import { eventually } from '../../support/eventually.ts';
import { startProxy } from './proxy.ts';
import type { TestService } from '../../support/test-service.ts';
import { startTestService } from '../../support/test-service.ts';

/** A link that hosts the agent `a`, connected through `url`. Closed when the test ends. */
async function openLink(
  service: TestService,
  url: string,
  options: Partial<LinkOptions> = {},
): Promise<{ link: Link; lines: string[] }> {
  const lines: string[] = [];
  const client = new Client({ url, token: service.env['AGENTLIGHT_TOKEN'] ?? '' });
  const link = new Link({
    client,
    runner: 'runner-of-a-test',
    async register(signal) {
      await client.registerAgent('a', { name: 'A', capabilities: ['run', 'cancel'] }, signal);
      return ['a'];
    },
    onSnapshot: () => {},
    onOrder: () => {},
    log: (line) => void lines.push(line),
    ...options,
  });
  const running = link.run();
  onTestFinished(async () => {
    await link.leave('goodbye', 1_000);
    await running;
  });
  await service.whenAgent('a', 'live');
  return { link, lines };
}

const typesOf = async (service: TestService, run: string) =>
  (await service.events(run)).map(({ type }) => type);

test('an event whose answer was lost is in the log once', async () => {
  const service = await startTestService();
  const proxy = await startProxy(service.url);
  const { link } = await openLink(service, proxy.url);
  const run = uuidv7();
  proxy.loseAnswersTo('/v1/events', 2);
  link.report({ type: 'run.started', agent: 'a', run, data: { command: 'x' } });
  link.report({ type: 'run.phase', agent: 'a', run, data: { name: 'building' } });
  link.report({ type: 'run.succeeded', agent: 'a', run, data: {} });
  await service.whenRun(run, 'succeeded');
  expect(await typesOf(service, run)).toEqual(['run.started', 'run.phase', 'run.succeeded']);
});

test('an event that is refused is dropped with a word, and the others arrive', async () => {
  const service = await startTestService();
  const { link, lines } = await openLink(service, service.url);
  const [run, unknown] = [uuidv7(), uuidv7()];
  link.report({ type: 'run.started', agent: 'a', run, data: {} });
  link.report({ type: 'run.phase', agent: 'a', run: unknown, data: { name: 'never began' } });
  link.report({ type: 'run.phase', agent: 'a', run, data: { name: '' } });
  link.report({ type: 'run.phase', agent: 'a', run, data: { name: 'x'.repeat(200) } });
  link.report({ type: 'run.succeeded', agent: 'a', run, data: {} });
  await service.whenRun(run, 'succeeded');
  expect(await typesOf(service, run)).toEqual(['run.started', 'run.succeeded']);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('run.phase of a was refused and dropped');
});

test('a whole request that is refused without saying which event costs only that event', async () => {
  const service = await startTestService();
  const { link, lines } = await openLink(service, service.url);
  const run = uuidv7();
  link.report({ type: 'run.started', agent: 'a', run, data: {} });
  for (const name of ['one', 'two', 'three']) {
    const time = name === 'two' ? 'yesterday' : new Date().toISOString();
    link.report({ type: 'run.phase', agent: 'a', run, time, data: { name } });
  }
  link.report({ type: 'run.succeeded', agent: 'a', run, data: {} });
  await service.whenRun(run, 'succeeded');
  const names = (await service.events(run)).flatMap(({ type, data }) =>
    type === 'run.phase' ? data.name : [],
  );
  expect(names).toEqual(['one', 'three']);
  expect(lines).toHaveLength(1);
});

test('a connection on which nothing comes any more is given up, and another one made', async () => {
  const service = await startTestService({ AGENTLIGHT_HEARTBEAT_MS: '100' });
  const proxy = await startProxy(service.url);
  let ups = 0;
  const downs: string[] = [];
  const { link } = await openLink(service, proxy.url, {
    onUp() {
      ups += 1;
    },
    onDown: ({ message }) => void downs.push(message),
  });
  proxy.freeze();
  await eventually(() => ups === 2, 'the second connection');
  expect(downs[0]).toBe('Nothing came for 0.25 s, not even a heartbeat.');
  const run = uuidv7();
  link.report({ type: 'run.started', agent: 'a', run, data: {} });
  await service.whenRun(run, 'running');
});

test('a wish to cancel that was made while the link was down is heard when it is back', async () => {
  const service = await startTestService({ AGENTLIGHT_HEARTBEAT_MS: '100' });
  const proxy = await startProxy(service.url);
  const cancelled: string[] = [];
  const { link } = await openLink(service, proxy.url, {
    onOrder: (order) => {
      if (order.kind === 'cancel') cancelled.push(order.run);
    },
  });
  const run = uuidv7();
  link.report({ type: 'run.started', agent: 'a', run, data: {} });
  await service.whenRun(run, 'running');
  proxy.freeze();
  await service.client.request('POST', `/v1/runs/${run}/cancel`, { body: {} });
  await eventually(() => cancelled.includes(run), 'the wish');
});

test('restarts of the service lose nothing and repeat nothing', async () => {
  const service = await startTestService();
  let ups = 0;
  const { link } = await openLink(service, service.url, {
    onUp() {
      ups += 1;
    },
  });
  const run = uuidv7();
  link.report({ type: 'run.started', agent: 'a', run, data: {} });
  for (const number of [1, 2, 3]) {
    await service.stop();
    link.report({ type: 'run.phase', agent: 'a', run, data: { name: `phase ${number}` } });
    await service.start();
    await eventually(() => ups === number + 1, 'the link');
  }
  link.report({ type: 'run.succeeded', agent: 'a', run, data: {} });
  await service.whenRun(run, 'succeeded');
  expect(await typesOf(service, run)).toEqual([
    'run.started',
    'run.phase',
    'run.phase',
    'run.phase',
    'run.succeeded',
  ]);
});

test('a database that was exchanged gets the agents again', async () => {
  const service = await startTestService();
  await openLink(service, service.url);
  await service.exchangeDatabase();
  expect(await service.agent('a')).toBeUndefined();
  await service.whenAgent('a', 'live');
});
