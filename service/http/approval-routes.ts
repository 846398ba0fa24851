/** Questions that wait for a person: reading them, waiting for the answer, answering. */
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { findApproval } from '../../protocol/decide/approval.ts';
import { decisionSchema } from '../../protocol/events/approval.ts';
import { uuidSchema } from '../../protocol/wire/ids.ts';
import type { ApprovalAnswer } from '../../protocol/wire/messages.ts';
import { waitForAnswer } from './approval-wait.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check, readBody } from './input.ts';
import { ProblemError, refuse } from './problem-error.ts';

/** The longest that one request waits; ask again then. */
const MAX_WAIT_MS = 600_000;

const flag = z.literal('1', 'must be 1, or left out');
export const approvalQuery = z.strictObject({
  /** Answer only when it is closed, or after this many milliseconds. */
  waitMs: z.optional(
    z.string().check(
      z.regex(/^\d{1,6}$/, 'must be a number of milliseconds'),
      z.refine((text) => Number(text) <= MAX_WAIT_MS, {
        error: `must be at most ${MAX_WAIT_MS}`,
      }),
    ),
  ),
  /** Whoever waits is the asker: when this request breaks off, nobody waits any more. */
  asker: z.optional(flag),
});

export function approvalRoutes(services: Services): Hono<Http> {
  const { log } = services;
  const routes = new Hono<Http>();

  routes.get('/approvals/:id', requireScope('read', 'report'), async (c) => {
    const id = check(uuidSchema, c.req.param('id'), 'path.id');
    const { waitMs, asker } = check(approvalQuery, c.req.query(), 'query');
    if (asker && !c.get('actor').scopes.some((scope) => scope === 'report' || scope === 'admin')) {
      refuse('forbidden', 'Only who may report is an asker; this needs the scope report.');
    }
    const answer = readApproval(services, id);
    if (waitMs === undefined || 'outcome' in answer.approval) return c.json(answer);
    await waitForAnswer(services, c.env.outgoing, id, {
      waitMs: Number(waitMs),
      isAsker: asker !== undefined,
    });
    return c.json(readApproval(services, id));
  });

  routes.post('/approvals/:id/decision', requireScope('operate'), async (c) => {
    const approval = check(uuidSchema, c.req.param('id'), 'path.id');
    const decision = await readBody(c, decisionSchema);
    const { problem } = await log.append(
      { type: 'decide-approval', approval, ...decision },
      c.get('actor'),
    );
    if (problem) throw new ProblemError(problem);
    return c.json(readApproval(services, approval));
  });

  return routes;
}

function readApproval({ log }: Services, id: string): ApprovalAnswer {
  const found = findApproval(log.fleet, id);
  if (!found) return refuse('unknown-approval', `There is no open approval ${id}.`);
  return { agent: found.agent.id, approval: found.open ?? found.closed };
}
