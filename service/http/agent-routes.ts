/** Registering, listing and removing agents. */
import { Hono } from 'hono';
import { agentProfileSchema } from '../../protocol/event-agent.ts';
import { agentIdSchema } from '../../protocol/ids.ts';
import type { AgentAnswer } from '../../protocol/wire.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check, readBody } from './input.ts';
import { ProblemError } from './problem-error.ts';

export function agentRoutes({ log }: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.get('/agents', (c) => c.json({ agents: Object.values(log.fleet.agents) }));

  routes.put('/agents/:id', requireScope('report'), async (c) => {
    const agent = check(agentIdSchema, c.req.param('id'), 'path.id');
    const profile = await readBody(c, agentProfileSchema);
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

  return routes;
}
