/** Registering, listing, acknowledging and removing agents, and their connections. */
import * as z from 'zod/mini';
import { agentProfileSchema } from '../../../protocol/events/agent.ts';
import { EVENT_KINDS } from '../../../protocol/events/event.ts';
import type { Agent } from '../../../protocol/fleet/fleet.ts';
import { uptimeOf } from '../../../protocol/wire/connections.ts';
import type { AgentAnswer } from '../../../protocol/wire/messages.ts';
import { errorsOfSchema } from '../../intake/run-parameters.ts';
import { readConnections } from '../../log/history.ts';
import type { Services } from '../context.ts';
import { throwInvalid } from '../input.ts';
import { throwProblem, resultOrThrow } from '../problem.ts';
import { integerUpTo, nextPage, position } from '../query.ts';
import { agentPath, jsonAnswer, jsonBody, NO_CONTENT, route } from '../route.ts';

const DEFAULT_CONNECTIONS = 50;
const MAX_CONNECTIONS = 200;
const UPTIME_MS = 7 * 24 * 3_600_000;
/** An agent with more connections in a week is broken; its uptime is then that of the newest ones. */
const MAX_UPTIME_CONNECTIONS = 10_000;

const acknowledged = EVENT_KINDS['agent.acknowledged'];

export const agentRoutes = [
  route({
    id: 'listAgents',
    at: 'GET /v1/agents',
    summary: 'List all agents',
    scopes: ['read', 'operate', 'report'],
    answers: { 200: jsonAnswer('Agents', 'In no particular order.') },
    handle: (_input, { log }) => ({ agents: Object.values(log.fleet.agents) }),
  }),
  route({
    id: 'putAgent',
    at: 'PUT /v1/agents/:id',
    summary: 'Register an agent or replace its profile',
    scopes: ['report'],
    params: agentPath,
    body: jsonBody(agentProfileSchema, { ...EVENT_KINDS['agent.updated'].example, host: 'laptop' }),
    answers: {
      200: jsonAnswer('AgentAnswer', 'The agent existed already.'),
      201: jsonAnswer('AgentAnswer', 'The agent is new.'),
    },
    problems: ['not-owner', 'agent-busy'],
    async handle({ c, actor, params: { id: agent }, body: profile }, services) {
      const errors = errorsOfSchema(profile);
      if (errors.length > 0) throwInvalid(errors);
      const { events } = resultOrThrow(
        await services.log.append({ type: 'register-agent', agent, profile }, actor),
      );
      const isNew = events.some(({ type }) => type === 'agent.registered');
      return c.json(readAgent(services, agent), isNew ? 201 : 200);
    },
  }),
  route({
    id: 'removeAgent',
    at: 'DELETE /v1/agents/:id',
    summary: 'Remove an agent that is neither connected nor running',
    scopes: ['report', 'operate'],
    params: agentPath,
    answers: { 204: NO_CONTENT },
    problems: ['unknown-agent', 'not-owner', 'agent-busy'],
    async handle({ actor, params: { id: agent } }, services) {
      resultOrThrow(await services.log.append({ type: 'remove-agent', agent }, actor));
    },
  }),
  route({
    id: 'listConnections',
    at: 'GET /v1/agents/:id/connections',
    summary: "List an agent's connections and its uptime over 7 days, newest first",
    scopes: ['read', 'operate', 'report'],
    params: agentPath,
    query: z.strictObject({
      before: z.optional(position.check(z.describe('`before` of the previous page.'))),
      limit: z._default(integerUpTo(MAX_CONNECTIONS, 1), DEFAULT_CONNECTIONS),
    }),
    answers: { 200: jsonAnswer('ConnectionsAnswer', 'One page.') },
    problems: ['unknown-agent'],
    async handle({ params: { id: agent }, query: { before, limit } }, { log, sql }) {
      if (!log.fleet.agents[agent]) throwProblem('unknown-agent', `There is no agent "${agent}".`);
      const nowMs = Date.now();
      const endedAfter = new Date(nowMs - UPTIME_MS).toISOString();
      const [connections, ofWeek] = await Promise.all([
        readConnections(sql, { agent, before, endedAfter: undefined, limit }),
        readConnections(sql, {
          agent,
          before: undefined,
          endedAfter,
          limit: MAX_UPTIME_CONNECTIONS,
        }),
      ]);
      const uptime = uptimeOf(ofWeek, nowMs, UPTIME_MS);
      return { connections, ...(uptime && { uptime }), ...nextPage('before', connections, limit) };
    },
  }),
  route({
    id: 'acknowledge',
    at: 'PUT /v1/agents/:id/acknowledgement',
    summary: 'Acknowledge that an agent needs attention',
    scopes: ['operate'],
    params: agentPath,
    body: jsonBody(acknowledged.schema, acknowledged.example),
    answers: { 200: jsonAnswer('AgentAnswer', 'All users see who acknowledged it.') },
    problems: ['unknown-agent', 'illegal-transition'],
    async handle({ actor, params: { id: agent }, body: { attention } }, services) {
      resultOrThrow(await services.log.append({ type: 'acknowledge', agent, attention }, actor));
      return readAgent(services, agent);
    },
  }),
  route({
    id: 'unacknowledge',
    at: 'DELETE /v1/agents/:id/acknowledgement',
    summary: 'Withdraw an acknowledgement',
    scopes: ['operate'],
    params: agentPath,
    answers: { 204: NO_CONTENT },
    problems: ['unknown-agent'],
    async handle({ actor, params: { id: agent } }, services) {
      const attention = services.log.fleet.agents[agent]?.acknowledged?.attention ?? 0;
      resultOrThrow(await services.log.append({ type: 'unacknowledge', agent, attention }, actor));
    },
  }),
];

/** An agent that exists. */
function readAgent({ log }: Services, id: string): AgentAnswer {
  return { agent: log.fleet.agents[id] as Agent };
}
