/** What agents report. */
import { Hono } from 'hono';
import type { ReportedEvent } from '../../protocol/command.ts';
import { reportSchema } from '../../protocol/event.ts';
import type { RunStatus } from '../../protocol/fleet.ts';
import type { ReportAnswer } from '../../protocol/wire.ts';
import { readRuns } from '../log/store.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { readBody } from './input.ts';
import { ProblemError } from './problem-error.ts';

export function eventRoutes(services: Services): Hono<Http> {
  const { conflation } = services;
  const routes = new Hono<Http>();

  routes.post('/events', requireScope('report'), async (c) => {
    const { events, connection } = await readBody(c, reportSchema);
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

/** Runs that the fleet has let go of, so that nothing late can begin them anew. */
async function finishedRuns(
  { log, sql }: Services,
  events: readonly ReportedEvent[],
): Promise<Record<string, RunStatus>> {
  const unknown = new Set(events.flatMap(({ run }) => (run && !log.fleet.runs[run] ? run : [])));
  if (unknown.size === 0) return {};
  const runs = await readRuns(sql, [...unknown]);
  return Object.fromEntries(runs.map((run) => [run.id, run.status]));
}
