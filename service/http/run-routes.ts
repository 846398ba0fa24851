/** Asking for runs, steering and reading them. */
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { CommandOf } from '../../protocol/decide/command.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import { retryBodySchema, runBodySchema } from '../../protocol/events/run.ts';
import type { Run } from '../../protocol/fleet/fleet.ts';
import { isFinal } from '../../protocol/fleet/fleet.ts';
import { agentIdSchema, uuidSchema } from '../../protocol/wire/ids.ts';
import type { RunAnswer } from '../../protocol/wire/messages.ts';
import { IDEMPOTENCY_KEY } from '../../protocol/wire/messages.ts';
import { readRuns } from '../log/store.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check, hasBody, readBody } from './input.ts';

import { checkParams } from './params.ts';
import { ProblemError, refuse } from './problem-error.ts';

type Steering = CommandOf<'cancel-run' | 'pause-run' | 'resume-run'>['type'];

export function runRoutes(services: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.post('/agents/:id/runs', requireScope('operate'), async (c) => {
    const agent = check(agentIdSchema, c.req.param('id'), 'path.id');
    const { queue, ...request } = hasBody(c) ? await readBody(c, runBodySchema) : {};
    checkParams(services.log.fleet.agents[agent] ?? {}, request);
    return c.json(await ask(c, services, { agent, request, queue }), 202);
  });

  routes.get('/runs/:id', async (c) => c.json(await answer(services, readId(c))));

  routes.post('/runs/:id/cancel', requireScope('operate'), (c) => steer(c, services, 'cancel-run'));
  routes.post('/runs/:id/pause', requireScope('operate'), (c) => steer(c, services, 'pause-run'));
  routes.post('/runs/:id/resume', requireScope('operate'), (c) => steer(c, services, 'resume-run'));

  routes.post('/runs/:id/retry', requireScope('operate'), async (c) => {
    const { queue } = hasBody(c) ? await readBody(c, retryBodySchema) : {};
    const { run } = await answer(services, readId(c));
    if (!isFinal(run.status)) {
      refuse(
        'illegal-transition',
        `Run ${run.id} is ${run.status}; only what has ended is repeated.`,
      );
    }
    const { agent, params, prompt, timeoutMs, parent } = run;
    const request = {
      ...(params && { params }),
      ...(prompt !== undefined && { prompt }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(parent !== undefined && { parent }),
      retryOf: run.id,
    };
    return c.json(await ask(c, services, { agent, request, queue }), 202);
  });

  return routes;
}

function readId(c: Context<Http>): string {
  return check(uuidSchema, c.req.param('id'), 'path.id');
}

async function ask(
  c: Context<Http>,
  services: Services,
  wanted: Pick<CommandOf<'request-run'>, 'agent' | 'request' | 'queue'>,
): Promise<RunAnswer> {
  const actor = c.get('actor');
  const key = c.req.header(IDEMPOTENCY_KEY);
  const event = key === undefined ? {} : { event: eventIdForKey(actor.user, key) };
  const { events, problem } = await services.log.append(
    { type: 'request-run', run: services.newId(), ...wanted, ...event },
    actor,
  );
  if (problem) throw new ProblemError(problem);
  return answer(services, (events[0] as LogEvent).run as string);
}

async function steer(c: Context<Http>, services: Services, type: Steering): Promise<Response> {
  const { log } = services;
  const { run } = await answer(services, readId(c));
  // the fleet lets go of old runs
  if (!log.fleet.runs[run.id]) {
    refuse('run-finished', `Run ${run.id} has already ${run.status}.`, { extra: { run: run.id } });
  }
  const { problem } = await log.append({ type, run: run.id }, c.get('actor'));
  if (problem) throw new ProblemError(problem);
  return c.json(await answer(services, run.id), 202);
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
