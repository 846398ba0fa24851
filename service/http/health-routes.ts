/** For whoever runs the service: is it up, and can it work. No token needed, nothing told. */
import { Hono } from 'hono';
import type { Problem } from '../../protocol/wire/problem.ts';
import type { Http, Services } from './context.ts';
import { ProblemError } from './problem-error.ts';

export const notServing: Problem = {
  type: 'unavailable',
  detail: 'The service is starting or stopping. Try again in a moment.',
  retryAfterS: 1,
};

export function healthRoutes({ sql, isServing }: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.get('/healthz', (c) => c.json({ name: 'agentlight', status: 'ok' }));

  routes.get('/readyz', async (c) => {
    if (!isServing()) throw new ProblemError(notServing);
    try {
      await sql`select 1`;
    } catch {
      const detail = 'The database does not answer.';
      throw new ProblemError({ type: 'unavailable', detail, retryAfterS: 1 });
    }
    return c.json({ name: 'agentlight', status: 'ready' });
  });

  return routes;
}
