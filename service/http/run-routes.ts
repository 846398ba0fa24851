/** Asking for runs, cancelling and reading them. */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { runRequestSchema } from '../../protocol/event-run.ts';
import type { Run } from '../../protocol/fleet.ts';
import { agentIdSchema, uuidSchema } from '../../protocol/ids.ts';
import type { RunAnswer } from '../../protocol/wire.ts';
import { IDEMPOTENCY_KEY } from '../../protocol/wire.ts';
import type { LogEvent } from '../../protocol/event.ts';
import { readRuns } from '../log/store.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check, hasBody, readBody } from './input.ts';
import { ProblemError, refuse } from './problem-error.ts';

export function runRoutes(services: Services): Hono<Http> {
  const { log, newId } = services;
  const routes = new Hono<Http>();

  routes.post('/agents/:id/runs', requireScope('operate'), async (c) => {
    const agent = check(agentIdSchema, c.req.param('id'), 'path.id');
    const request = hasBody(c) ? await readBody(c, runRequestSchema) : {};
    const actor = c.get('actor');
    const key = c.req.header(IDEMPOTENCY_KEY);
    const event = key === undefined ? {} : { event: eventIdForKey(actor.user, key) };
    const { events, problem } = await log.append(
      { type: 'request-run', agent, run: newId(), request, ...event },
      actor,
    );
    if (problem) throw new ProblemError(problem);
    return c.json(await answer(services, (events[0] as LogEvent).run as string), 202);
  });

  routes.get('/runs/:id', async (c) => {
    return c.json(await answer(services, check(uuidSchema, c.req.param('id'), 'path.id')));
  });

  routes.post('/runs/:id/cancel', requireScope('operate'), async (c) => {
    const { run } = await answer(services, check(uuidSchema, c.req.param('id'), 'path.id'));
    if (!log.fleet.runs[run.id]) {
      refuse('run-finished', `Run ${run.id} has already ${run.status}.`, {
        extra: { run: run.id },
      });
    }
    const { problem } = await log.append({ type: 'cancel-run', run: run.id }, c.get('actor'));
    if (problem) throw new ProblemError(problem);
    return c.json(await answer(services, run.id), 202);
  });

  return routes;
}

async function answer({ log, sql }: Services, id: string): Promise<RunAnswer> {
  const run: Run | undefined = log.fleet.runs[id] ?? (await readRuns(sql, [id]))[0];
  if (!run) return refuse('unknown-run', `There is no run ${id}.`);
  return { run };
}

/** The same user and key always give the same event id, so the log itself refuses the second one. */
function eventIdForKey(user: string, key: string): string {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    refuse('invalid-request', `${IDEMPOTENCY_KEY} must be 1 to 200 visible ASCII characters.`);
  }
  const hex = createHash('sha256').update(`${user}\n${key}`).digest('hex');
  // RFC 9562: version 8 is for custom contents
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
