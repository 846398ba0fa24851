/** What agents report. */
import { Hono } from 'hono';
import type { ReportAnswer } from '../../protocol/wire/messages.ts';
import type { Http, Services } from './context.ts';
import { finishedRuns } from './finished-runs.ts';
import { requireScope } from './guards.ts';
import { ProblemError } from './problem-error.ts';
import { readReport } from './report-body.ts';

export function eventRoutes(services: Services): Hono<Http> {
  const { conflation } = services;
  const routes = new Hono<Http>();

  routes.post('/events', requireScope('report'), async (c) => {
    const { events, connection } = await readReport(c);
    const finished = await finishedRuns(services, events);
    const outcome = await conflation.append(
      { type: 'report', events, connection, finished },
      c.get('actor'),
    );
    if (outcome.problem) throw new ProblemError(outcome.problem);
    const answer: ReportAnswer = { events: outcome.events.map(({ id, seq }) => ({ id, seq })) };
    return c.json(answer);
  });

  return routes;
}
