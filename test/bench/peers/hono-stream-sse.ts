/** Hono's own `streamSSE` as its documentation shows it: one `writeSSE` for each reader and event. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { SSEStreamingApi } from 'hono/streaming';
import { streamSSE } from 'hono/streaming';

const readers = new Set<SSEStreamingApi>();
const app = new Hono();
app.get('*', (c) =>
  streamSSE(c, async (stream) => {
    readers.add(stream);
    await stream.writeSSE({ data: 'hello' });
    await new Promise<void>((resolve) => stream.onAbort(resolve));
    readers.delete(stream);
  }),
);
app.post('*', async (c) => {
  const data = await c.req.text();
  for (const reader of readers) void reader.writeSSE({ data });
  return c.body(null, 202, { 'Content-Length': '0' });
});
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' });
