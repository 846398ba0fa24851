/** Approvals: reading one, waiting until it is closed, answering it. */
import * as z from 'zod/mini';
import { findApproval } from '../../../protocol/decide/approval.ts';
import { decisionSchema } from '../../../protocol/events/approval.ts';
import type { ApprovalAnswer } from '../../../protocol/wire/messages.ts';
import { waitForAnswer } from '../../presence/approval-wait.ts';
import type { Services } from '../context.ts';
import { exampleApproval } from '../openapi/examples.ts';
import { throwProblem, resultOrThrow } from '../problem.ts';
import { flag, integerUpTo } from '../query.ts';
import { jsonAnswer, jsonBody, route, uuidPath } from '../route.ts';

const MAX_WAIT_MS = 600_000;

export const approvalRoutes = [
  route({
    id: 'getApproval',
    at: 'GET /v1/approvals/:id',
    summary: 'Read an approval; with `waitMs`, wait until it is closed',
    scopes: ['read', 'report'],
    params: uuidPath,
    query: z.strictObject({
      waitMs: z.optional(
        integerUpTo(MAX_WAIT_MS).check(z.describe('The longest time to wait, in milliseconds.')),
      ),
      asker: z.optional(
        flag.check(
          z.describe('The client is the one who asked: its disconnection withdraws the approval.'),
        ),
      ),
    }),
    answers: { 200: jsonAnswer('ApprovalAnswer', 'The approval, open or closed.') },
    problems: ['unknown-approval'],
    async handle({ c, actor, params: { id }, query }, services) {
      const { waitMs, asker: isAsker = false } = query;
      if (isAsker && !actor.scopes.some((scope) => scope === 'report' || scope === 'admin')) {
        throwProblem('forbidden', 'The parameter "asker" needs a token with the scope report.');
      }
      const answer = readApproval(services, id);
      if (waitMs === undefined || 'outcome' in answer.approval) return answer;
      const connection = c.env.outgoing;
      await waitForAnswer(services, { approval: id, waitMs, isAsker, connection });
      return readApproval(services, id);
    },
  }),
  route({
    id: 'decideApproval',
    at: 'POST /v1/approvals/:id/decision',
    summary: 'Answer an approval; the first answer wins',
    scopes: ['operate'],
    params: uuidPath,
    body: jsonBody(decisionSchema, {
      choice: 'allow',
      hash: exampleApproval.hash,
      via: 'popup',
    }),
    answers: { 200: jsonAnswer('ApprovalAnswer', 'The answer was accepted.') },
    problems: ['unknown-approval', 'not-owner', 'approval-closed', 'approval-changed'],
    async handle({ actor, params: { id: approval }, body }, services) {
      resultOrThrow(
        await services.log.append({ type: 'decide-approval', approval, ...body }, actor),
      );
      return readApproval(services, approval);
    },
  }),
];

/** @throws HttpProblem if there is no such approval. */
function readApproval({ log }: Services, id: string): ApprovalAnswer {
  const found = findApproval(log.fleet, id);
  if (!found)
    throwProblem('unknown-approval', `There is no approval ${id}, or it closed long ago.`);
  return { agent: found.agent.id, approval: found.open ?? found.closed };
}
