/**
 * The HTTP interface: what every request passes, and which routes there are.
 */
import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { Problem } from '../../protocol/wire/problem.ts';
import { PROBLEMS } from '../../protocol/wire/problem.ts';
import type { ServiceMetrics } from '../metrics.ts';
import { accessRoutes, pairRoute } from './access-routes.ts';
import { agentHookRoutes } from './agent-hook-routes.ts';
import { agentRoutes } from './agent-routes.ts';
import type { Http, Services } from './context.ts';
import { eventRoutes } from './event-routes.ts';
import { approvalRoutes } from './approval-routes.ts';
import { authenticate, guardHost, guardOrigin, requireScope } from './guards.ts';
import { historyRoutes } from './history-routes.ts';
import { healthRoutes, notServing } from './health-routes.ts';
import { ProblemError } from './problem-error.ts';
import { limitBody } from './input.ts';
import { openApi } from './openapi.ts';
import { problemResponse } from './problem-response.ts';
import { runRoutes } from './run-routes.ts';
import { runnerRoutes } from './runner-routes.ts';
import { streamRoutes } from './stream-routes.ts';
import { signedRoutes, webhookRoutes } from './webhook-routes.ts';

export function createApp(services: Services): Hono<Http> {
  const { config, tokens, logger, isServing, metrics } = services;
  const app = new Hono<Http>();
  const answerWith = (problem: Problem) => {
    metrics.problem(problem);
    return problemResponse(problem);
  };

  app.onError((error) => {
    if (error instanceof ProblemError) return answerWith(error.problem);
    logger.error({ err: error }, 'a request failed');
    const detail = 'The service made a mistake; its log says more. Try again.';
    return answerWith({ type: 'internal', detail });
  });
  app.notFound((c) => {
    const allowed = otherMethods(app, c.req.method, c.req.path);
    if (allowed.length === 0) {
      return answerWith({ type: 'not-found', detail: `There is nothing at ${c.req.path}.` });
    }
    const response = answerWith({
      type: 'method-not-allowed',
      detail: `${c.req.path} takes ${allowed.join(', ')}.`,
    });
    response.headers.set('Allow', allowed.join(', '));
    return response;
  });

  app.use(measure(metrics));
  app.use(guardHost([config.host, ...config.allowedHosts]));
  app.use(guardOrigin(config.allowedOrigins));
  app.use(limitBody(config.maxBodyBytes));

  app.route('/', healthRoutes(services));
  let description: object | undefined;
  app.get('/openapi.json', (c) => c.json((description ??= openApi(services.version))));
  app.get('/problems/:type', (c) => {
    const type = c.req.param('type');
    if (!Object.hasOwn(PROBLEMS, type)) return c.notFound();
    const [status, title] = PROBLEMS[type as keyof typeof PROBLEMS];
    return c.text(`${type} (HTTP ${status}): ${title}.\n`);
  });

  // EventSource takes any answer but 200 as final, and all of them come back just when the service starts
  app.use('/v1/stream', async (_c, next) => {
    await services.whenStarted;
    return next();
  });
  app.use('/v1/*', async (_c, next) => (isServing() ? next() : answerWith(notServing)));
  app.route('/', pairRoute(services));
  app.route('/v1', signedRoutes(services));
  app.use('/v1/*', authenticate(tokens));
  app.use('/v1/*', requireScope('read', 'operate', 'report'));
  app.route('/v1', streamRoutes(services));
  app.route('/v1', agentRoutes(services));
  app.route('/v1', runRoutes(services));
  app.route('/v1', historyRoutes(services));
  app.route('/v1', approvalRoutes(services));
  app.route('/v1', eventRoutes(services));
  app.route('/v1', agentHookRoutes(services));
  app.route('/v1', webhookRoutes(services));
  app.route('/v1', runnerRoutes(services));
  app.route('/v1', accessRoutes(services));
  app.get('/metrics', authenticate(tokens, 'findOrRecall'), requireScope('read'), async (c) =>
    c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  );
  return app;
}

/** Guards match all methods; the route that matches the method as well gives its name, one without `:` before others. */
function measure(metrics: ServiceMetrics): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    const beganMs = performance.now();
    await next();
    const paths = matchedRoutes(c).flatMap(({ method, path }) => (method === 'ALL' ? [] : path));
    const route = paths.includes(c.req.path) ? c.req.path : (paths.at(-1) ?? 'none');
    const labels = { method: c.req.method, route, status: c.res.status };
    metrics.request(labels, performance.now() - beganMs);
  });
}

const METHODS = ['GET', 'PUT', 'POST', 'DELETE'];

/** Methods for which there is a route at this path. */
function otherMethods(app: Hono<Http>, method: string, path: string): string[] {
  return METHODS.filter((other) => {
    if (other === method) return false;
    const [matched] = app.router.match(other, path);
    return matched.some(([[, route]]) => route.method === other);
  });
}
