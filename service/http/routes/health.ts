/** For operators: whether the service is alive and ready, its metrics, and what a problem type means. */
import * as z from 'zod/mini';
import type { Problem, ProblemType } from '../../../protocol/wire/problem.ts';
import { PROBLEMS } from '../../../protocol/wire/problem.ts';
import { HttpProblem, throwProblem } from '../problem.ts';
import { jsonAnswer, route } from '../route.ts';

export const NOT_SERVING: Problem = {
  type: 'unavailable',
  detail: 'The service is starting or stopping. Try again in a moment.',
  retryAfterS: 1,
};

export const healthRoutes = [
  route({
    id: 'getHealth',
    at: 'GET /healthz',
    summary: 'Check that the service is alive',
    scopes: [],
    answers: { 200: jsonAnswer('Health', 'The service is alive.') },
    handle: () => ({ name: 'agentlight', status: 'ok' }),
  }),
  route({
    id: 'getReadiness',
    at: 'GET /readyz',
    summary: 'Check that the service can handle requests',
    scopes: [],
    answers: { 200: jsonAnswer('Health', 'The service and its database are ready.') },
    problems: ['unavailable'],
    async handle(_input, { isServing, sql }) {
      if (!isServing()) throw new HttpProblem(NOT_SERVING);
      try {
        await sql`select 1`;
      } catch {
        throwProblem('unavailable', 'The database does not respond.', { retryAfterS: 1 });
      }
      return { name: 'agentlight', status: 'ready' };
    },
  }),
  route({
    id: 'getMetrics',
    at: 'GET /metrics',
    summary: 'Read the metrics in the text format of Prometheus',
    scopes: ['read'],
    worksWithoutDatabase: true,
    answers: { 200: { description: 'The metrics.', mediaType: 'text/plain' } },
    handle: async ({ c }, { metrics }) =>
      c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }),
  }),
  route({
    id: 'getProblem',
    at: 'GET /problems/:type',
    summary: 'Explain a problem type',
    scopes: [],
    params: z.object({
      type: z.string().register(z.globalRegistry, { enum: Object.keys(PROBLEMS) }),
    }),
    answers: { 200: { description: 'One sentence.', mediaType: 'text/plain' } },
    problems: ['not-found'],
    handle({ c, params: { type } }) {
      if (!Object.hasOwn(PROBLEMS, type))
        throwProblem('not-found', 'There is no such problem type.');
      const [status, title] = PROBLEMS[type as ProblemType];
      return c.text(`${type} (HTTP ${status}): ${title}.\n`);
    },
  }),
];
