/** For runners: their command stream, which is also their presence, heartbeats and goodbye. */
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { agentIdSchema, runnerIdSchema } from '../../protocol/wire/ids.ts';
import { LIMITS } from '../../protocol/wire/limits.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check, readBody } from './input.ts';
import { ProblemError, refuse } from './problem-error.ts';
import { findStart, readCursor } from './cursor.ts';
import { refuseTooManyStreams, respondWithStream, streamHead } from './stream-response.ts';

/** What a runner has to hear of. */
const COMMAND_TYPES = [
  'run.requested',
  'run.cancel_requested',
  'run.pause_requested',
  'run.resume_requested',
  // how its own questions ended
  'approval.resolved',
  'approval.expired',
  'approval.withdrawn',
];

export const commandsQuery = z.strictObject({
  agent: z.array(agentIdSchema).check(z.minLength(1), z.maxLength(LIMITS.agentsPerRunner)),
  cursor: z.optional(z.tuple([z.string()])),
});
const generation = z.int().check(z.minimum(1));
export const heartbeatSchema = z.strictObject({ generation });
export const goodbyeSchema = z.strictObject({
  generation,
  reason: z._default(z.enum(['goodbye', 'ended']), 'goodbye'),
});

export function runnerRoutes(services: Services): Hono<Http> {
  const { presence, streams } = services;
  const routes = new Hono<Http>();
  routes.use('/runners/*', requireScope('report'));

  routes.get('/runners/:id/commands', async (c) => {
    const runner = check(runnerIdSchema, c.req.param('id'), 'path.id');
    const query = check(commandsQuery, c.req.queries(), 'query');
    const cursor = readCursor(c.req.header('last-event-id') || query.cursor?.[0]);
    if (c.req.method === 'HEAD') return streamHead();
    refuseTooManyStreams(services, c.get('token'));
    const connected = await presence.connect(runner, query.agent, c.get('actor'));
    if (connected.problem) throw new ProblemError(connected.problem);
    const start = await findStart(services, cursor, false);
    return respondWithStream(c, services, {
      filter: { agents: query.agent, types: COMMAND_TYPES, detail: false },
      start,
      once: false,
      generation: connected.generation,
      opened: (reader) =>
        presence.opened(runner, connected.generation, (bye) => streams.end(reader, bye)),
      closed: () => presence.closed(runner, connected.generation),
    });
  });

  routes.post('/runners/:id/heartbeat', async (c) => {
    const runner = check(runnerIdSchema, c.req.param('id'), 'path.id');
    const body = await readBody(c, heartbeatSchema);
    if (!presence.heartbeat(runner, body.generation, c.get('actor'))) refuseStale(runner);
    return c.json({ commands: presence.pendingCommands(runner) });
  });

  routes.post('/runners/:id/goodbye', async (c) => {
    const runner = check(runnerIdSchema, c.req.param('id'), 'path.id');
    const { generation: number, reason } = await readBody(c, goodbyeSchema);
    const isCurrent = await presence.goodbye(runner, number, c.get('actor'), reason);
    if (!isCurrent) refuseStale(runner);
    return c.body(null, 204);
  });

  return routes;
}

function refuseStale(runner: string): never {
  return refuse(
    'stale-connection',
    `This is not the connection of ${runner} any more. Open the command stream again.`,
  );
}
