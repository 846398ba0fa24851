import { expect, test } from 'vitest';
import { Client } from '../../../protocol/client/client.ts';
import { follow } from '../../../protocol/client/follow.ts';
import type { Platform } from '../../../protocol/client/platform.ts';
import { GLOBAL_PLATFORM } from '../../../protocol/client/platform.ts';
import type { StreamBatch } from '../../../protocol/client/stream.ts';
import { startBufferingProxy } from '../../support/buffering-proxy.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestService } from '../../support/test-service.ts';

/** Nobody waits ten seconds here before a stream counts as held back. */
const schedule: Platform['schedule'] = (act, delayMs) =>
  GLOBAL_PLATFORM.schedule(act, delayMs === 10_000 ? 500 : delayMs);

test('a stream that is held back is asked for, each event once, until it gets through again', async () => {
  const service = await startTestService();
  const proxy = await startBufferingProxy(service.url);
  const token = service.env['AGENTLIGHT_TOKEN'] ?? '';
  const abort = new AbortController();
  const batches: StreamBatch[] = [];
  const following = (async () => {
    const client = new Client({ url: proxy.url, token, platform: { schedule } });
    const request = { signal: abort.signal, pollMs: 50, streamAgainMs: 200 };
    for await (const batch of follow(client, request)) batches.push(batch);
  })().catch((error: unknown) => error);
  const registered = () =>
    batches.flatMap(({ events }) => events.flatMap(({ agent }) => agent ?? []));
  const register = (id: string) => service.client.registerAgent(id, { name: id, capabilities: [] });

  await eventually(() => batches.some(({ delayMs }) => delayMs === 50), 'the first answer');
  await register('one');
  await eventually(() => registered().includes('one'), 'what is new');
  proxy.letThrough();
  await eventually(() => batches.at(-1)?.delayMs === undefined, 'the stream');
  await register('two');
  await eventually(() => registered().includes('two'), 'an event of the stream');
  expect(registered()).toEqual(['one', 'two']);
  abort.abort();
  await following;
}, 60_000);
