/** For runners: the command stream, which is also their presence, heartbeats and the goodbye. */
import * as z from 'zod/mini';
import { agentIdSchema, runnerIdSchema } from '../../../protocol/wire/ids.ts';
import { LIMITS } from '../../../protocol/wire/limits.ts';
import { findStart } from '../../stream/start-point.ts';
import { readCursor } from '../cursor.ts';
import { HttpProblem, throwProblem } from '../problem.ts';
import { jsonAnswer, jsonBody, NO_CONTENT, route } from '../route.ts';
import { refuseTooManyStreams, respondWithStream, streamHead } from '../stream-response.ts';
import { cursorHeader, STREAM_ANSWER } from './stream.ts';

/** What a runner must learn: requests for its runs, and the end of its approvals. */
const COMMAND_TYPES = [
  'run.requested',
  'run.cancel_requested',
  'run.pause_requested',
  'run.resume_requested',
  'approval.resolved',
  'approval.expired',
  'approval.withdrawn',
];

const runnerPath = z.object({ id: runnerIdSchema });
const generation = z.int().check(z.minimum(1));
const goodbyeBody = z.strictObject({
  generation,
  reason: z._default(z.enum(['goodbye', 'ended']), 'goodbye'),
});

export const runnerRoutes = [
  route({
    id: 'holdCommands',
    at: 'GET /v1/runners/:id/commands',
    summary: "Open a runner's command stream; the runner is connected while it is open",
    scopes: ['report'],
    params: runnerPath,
    query: z.strictObject({
      agent: z.array(agentIdSchema).check(z.minLength(1), z.maxLength(LIMITS.agentsPerRunner)),
      cursor: z.optional(z.string()),
    }),
    headers: cursorHeader,
    answers: { 200: STREAM_ANSWER },
    problems: ['invalid-cursor', 'too-many-streams', 'unknown-agent', 'not-owner', 'agent-busy'],
    async handle({ c, actor, params: { id: runner }, query, headers }, services) {
      const { presence, streams } = services;
      const cursor = readCursor(headers['Last-Event-ID'] || query.cursor);
      if (c.req.method === 'HEAD') return streamHead();
      refuseTooManyStreams(services, c.get('token'));
      const connected = await presence.connect(runner, query.agent, actor);
      if (connected.problem) throw new HttpProblem(connected.problem);
      const { generation: current } = connected;
      const start = await findStart(services, cursor, false);
      return respondWithStream(c, services, {
        filter: { agents: query.agent, types: COMMAND_TYPES, detail: false },
        start,
        once: false,
        generation: current,
        opened: (reader) => presence.opened(runner, current, (bye) => streams.end(reader, bye)),
        closed: () => presence.closed(runner, current),
      });
    },
  }),
  route({
    id: 'sendHeartbeat',
    at: 'POST /v1/runners/:id/heartbeat',
    summary: "Send a runner's heartbeat and receive its pending commands",
    scopes: ['report'],
    params: runnerPath,
    body: jsonBody(z.strictObject({ generation }), { generation: 3 }),
    answers: { 200: jsonAnswer('PendingCommands', 'Commands that the runner has not confirmed.') },
    problems: ['stale-connection'],
    handle({ actor, params: { id }, body }, { presence }) {
      if (!presence.heartbeat(id, body.generation, actor)) throwStale(id);
      return { commands: presence.pendingCommands(id) };
    },
  }),
  route({
    id: 'sayGoodbye',
    at: 'POST /v1/runners/:id/goodbye',
    summary: 'Disconnect a runner',
    scopes: ['report'],
    params: runnerPath,
    body: jsonBody(goodbyeBody, { generation: 3, reason: 'goodbye' }),
    answers: { 204: NO_CONTENT },
    problems: ['stale-connection'],
    async handle({ actor, params: { id }, body }, { presence }) {
      if (!(await presence.goodbye(id, body.generation, actor, body.reason))) throwStale(id);
    },
  }),
];

function throwStale(runner: string): never {
  return throwProblem(
    'stale-connection',
    `The connection of ${runner} was replaced or has ended. Open the command stream again.`,
  );
}
