/** For whoever runs the service: is it up, and can it work. No token needed, nothing told. */
import { Hono } from 'hono';
import type { Http, Services } from './context.ts';
import { problemResponse } from './problem-response.ts';

export function healthRoutes({ sql }: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.get('/healthz', (c) => c.json({ name: 'agentlight', status: 'ok' }));

  routes.get('/readyz', async (c) => {
    try {
      await sql`select 1`;
    } catch {
      const detail = 'The database does not answer.';
      return problemResponse({ type: 'unavailable', detail, retryAfterS: 1 });
    }
    return c.json({ name: 'agentlight', status: 'ready' });
  });

  return routes;
}
