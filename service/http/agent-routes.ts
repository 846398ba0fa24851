/** Registering, listing and removing agents. */
import { Hono } from 'hono';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import { agentProfileSchema } from '../../protocol/events/agent.ts';
import { agentIdSchema } from '../../protocol/wire/ids.ts';
import type { AgentAnswer } from '../../protocol/wire/messages.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check, readBody } from './input.ts';
import { checkParametersSchema } from './params.ts';
import { ProblemError } from './problem-error.ts';

/** Body of `PUT /v1/agents/{id}/acknowledgement`: what somebody takes care of. */
export const acknowledgementSchema = EVENT_KINDS['agent.acknowledged'].schema;

export function agentRoutes({ log }: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.get('/agents', (c) => c.json({ agents: Object.values(log.fleet.agents) }));

  routes.put('/agents/:id', requireScope('report'), async (c) => {
    const agent = check(agentIdSchema, c.req.param('id'), 'path.id');
    const profile = await readBody(c, agentProfileSchema);
    checkParametersSchema(profile);
    const { events, problem } = await log.append(
      { type: 'register-agent', agent, profile },
      c.get('actor'),
    );
    if (problem) throw new ProblemError(problem);
    const answer = { agent: log.fleet.agents[agent] } as AgentAnswer;
    return c.json(answer, events.some(({ type }) => type === 'agent.registered') ? 201 : 200);
  });

  routes.delete('/agents/:id', requireScope('report', 'operate'), async (c) => {
    const agent = check(agentIdSchema, c.req.param('id'), 'path.id');
    const { problem } = await log.append({ type: 'remove-agent', agent }, c.get('actor'));
    if (problem) throw new ProblemError(problem);
    return c.body(null, 204);
  });

  routes.put('/agents/:id/acknowledgement', requireScope('operate'), async (c) => {
    const agent = check(agentIdSchema, c.req.param('id'), 'path.id');
    const { attention } = await readBody(c, acknowledgementSchema);
    const command = { type: 'acknowledge', agent, attention } as const;
    const { problem } = await log.append(command, c.get('actor'));
    if (problem) throw new ProblemError(problem);
    return c.json({ agent: log.fleet.agents[agent] } as AgentAnswer);
  });

  routes.delete('/agents/:id/acknowledgement', requireScope('operate'), async (c) => {
    const agent = check(agentIdSchema, c.req.param('id'), 'path.id');
    const attention = log.fleet.agents[agent]?.acknowledged?.attention ?? 0;
    const command = { type: 'unacknowledge', agent, attention } as const;
    const { problem } = await log.append(command, c.get('actor'));
    if (problem) throw new ProblemError(problem);
    return c.body(null, 204);
  });

  return routes;
}
