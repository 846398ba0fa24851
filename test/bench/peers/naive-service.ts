/** A service as one begins it: an insert for each event, on a pool of connections, and an answer after its commit. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import postgres from 'postgres';

const CONNECTIONS = 16;

interface Event {
  readonly type: string;
  readonly agent: string;
  readonly run: string;
  readonly data: object;
}

const sql = postgres(process.env['DATABASE_URL'] ?? '', { max: CONNECTIONS });
const app = new Hono();
app.post('/v1/events', async (c) => {
  const { events } = await c.req.json<{ events: Event[] }>();
  const stored: { id: string; seq: string }[] = [];
  for (const { type, agent, run, data } of events) {
    const [row] = await sql<{ id: string; seq: string }[]>`
      insert into naive (id, time, type, agent, run, detail, data)
      values (gen_random_uuid(), now(), ${type}, ${agent}, ${run}, false, ${JSON.stringify(data)}::text::json)
      returning id, seq
    `;
    if (row) stored.push(row);
  }
  return c.json({ events: stored });
});
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' });
