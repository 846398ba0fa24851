/** The HTTP interface: what every request passes, and the routes. */
import type { MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { Problem } from '../../protocol/wire/problem.ts';
import type { ServiceMetrics } from '../metrics.ts';
import type { Http, Services } from './context.ts';
import { authenticate, authorize, guardHost, guardOrigin } from './guards.ts';
import { limitBody } from './input.ts';
import { HttpProblem, problemResponse } from './problem.ts';
import { handle } from './route.ts';
import { NOT_SERVING } from './routes/health.ts';
import { ROUTES } from './routes/routes.ts';

export function createApp(services: Services): Hono<Http> {
  const { config, logger, isServing, metrics } = services;
  const app = new Hono<Http>();
  const answerWith = (problem: Problem) => {
    metrics.problem(problem);
    return problemResponse(problem);
  };

  app.onError((error) => {
    if (error instanceof HttpProblem) return answerWith(error.problem);
    logger.error({ err: error }, 'a request failed');
    const detail = 'The request failed because of an error in the service. See its log.';
    return answerWith({ type: 'internal', detail });
  });
  app.notFound((c) => answerWith({ type: 'not-found', detail: `Nothing is at ${c.req.path}.` }));

  app.use(measure(metrics));
  app.use(guardHost([config.host, ...config.allowedHosts]));
  app.use(guardOrigin(config.allowedOrigins));
  app.use(limitBody(config.maxBodyBytes));
  // EventSource gives up after any status but 200, and all readers come back just when the service starts
  app.use('/v1/stream', async (_c, next) => {
    await services.whenStarted;
    return next();
  });
  app.use('/v1/*', async (_c, next) => (isServing() ? next() : answerWith(NOT_SERVING)));

  for (const route of ROUTES) {
    app.on(route.method, route.path, async (c) => {
      await authorize(route, c, services);
      return handle(route, c, services);
    });
  }
  // without a token, paths under /v1 that do not exist look like those that do
  app.use('/v1/*', async (c, next) => {
    await authenticate(c, services);
    return next();
  });
  for (const [path, routes] of Map.groupBy(ROUTES, (route) => route.path)) {
    const allowed = routes.map(({ method }) => method).join(', ');
    app.all(path, (c) => {
      const detail = `${c.req.path} accepts ${allowed}.`;
      const response = answerWith({ type: 'method-not-allowed', detail });
      response.headers.set('Allow', allowed);
      return response;
    });
  }
  return app;
}

/** Guards match all methods. Of several routes that match, one without parameters gives the label. */
function measure(metrics: ServiceMetrics): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    const startedMs = performance.now();
    await next();
    const paths = matchedRoutes(c).flatMap(({ method, path }) => (method === 'ALL' ? [] : path));
    const route = paths.includes(c.req.path) ? c.req.path : (paths.at(-1) ?? 'none');
    const labels = { method: c.req.method, route, status: c.res.status };
    metrics.request(labels, performance.now() - startedMs);
  });
}
