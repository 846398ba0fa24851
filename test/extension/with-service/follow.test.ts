import { expect, test } from 'vitest';
import type { FollowedBatch } from '../../../extension/background/follow.ts';
import { follow } from '../../../extension/background/follow.ts';
import { startBufferingProxy } from '../../support/buffering-proxy.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestService } from '../../support/test-service.ts';

test('a stream that is held back is asked for, each event once, until it gets through again', async () => {
  const service = await startTestService();
  const proxy = await startBufferingProxy(service.url);
  const token = service.env['AGENTLIGHT_TOKEN'] ?? '';
  const abort = new AbortController();
  const batches: FollowedBatch[] = [];
  const following = (async () => {
    const options = { url: proxy.url, token, cursor: undefined, signal: abort.signal };
    for await (const batch of follow(options, { pollMs: 50, streamAgainMs: 200 }))
      batches.push(batch);
  })().catch((error: unknown) => error);
  const registered = () =>
    batches.flatMap(({ events }) => events.flatMap(({ agent }) => agent ?? []));
  const register = (id: string) => service.client.registerAgent(id, { name: id, capabilities: [] });

  await eventually(() => batches.some(({ delayMs }) => delayMs === 50), 'the first answer', 20_000);
  await register('one');
  await eventually(() => registered().includes('one'), 'what is new', 20_000);
  proxy.letThrough();
  await eventually(() => batches.at(-1)?.delayMs === undefined, 'the stream', 20_000);
  await register('two');
  await eventually(() => registered().includes('two'), 'an event of the stream');
  expect(registered()).toEqual(['one', 'two']);
  abort.abort();
  await following;
}, 60_000);
