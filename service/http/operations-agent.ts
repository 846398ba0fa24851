/** The operations on agents, their runs, and what they ask; see operation.ts. */
import { agentProfileSchema } from '../../protocol/events/agent.ts';
import { decisionSchema } from '../../protocol/events/approval.ts';
import { retryBodySchema, runBodySchema } from '../../protocol/events/run.ts';
import type { ProblemType } from '../../protocol/wire/problem.ts';
import { hookInputSchema, hookQuery } from './agent-hook-routes.ts';
import { acknowledgementSchema } from './agent-routes.ts';
import { approvalQuery } from './approval-routes.ts';
import { connectionsQuery, runEventsQuery, runsQuery } from './history-routes.ts';
import type { Operations } from './operation.ts';
import { agentParams, ANY, NOTHING, uuidParams } from './operation.ts';

const STEERING: readonly ProblemType[] = [
  'unknown-run',
  'run-finished',
  'not-owner',
  'not-supported',
  'illegal-transition',
];

function hookOf(tool: string, id: string): Operations[string] {
  return {
    post: {
      id,
      summary: `Take what ${tool} calls a hook with`,
      scopes: ['report'],
      query: hookQuery,
      body: hookInputSchema,
      answers: { 200: { description: 'Taken; perhaps a person is asked.', schema: 'HookAnswer' } },
      problems: ['not-owner', 'too-many-approvals'],
    },
  };
}

export const AGENT_OPERATIONS: Operations = {
  '/v1/hooks/claude-code': hookOf('Claude Code', 'takeClaudeCodeHook'),
  '/v1/hooks/codex': hookOf('Codex', 'takeCodexHook'),
  '/v1/agents': {
    get: {
      id: 'listAgents',
      summary: 'All agents',
      scopes: ANY,
      answers: { 200: { description: 'In no order.', schema: 'Agents' } },
    },
  },
  '/v1/agents/{id}': {
    put: {
      id: 'putAgent',
      summary: 'Register an agent, or replace its profile',
      scopes: ['report'],
      params: agentParams,
      body: agentProfileSchema,
      answers: {
        200: { description: 'It was known.', schema: 'AgentAnswer' },
        201: { description: 'It is new.', schema: 'AgentAnswer' },
      },
      problems: ['not-owner'],
    },
    delete: {
      id: 'removeAgent',
      summary: 'Remove an agent that is neither connected nor running',
      scopes: ['report', 'operate'],
      params: agentParams,
      answers: { 204: NOTHING },
      problems: ['unknown-agent', 'not-owner', 'agent-busy'],
    },
  },
  '/v1/agents/{id}/runs': {
    post: {
      id: 'requestRun',
      summary: 'Ask an agent to run',
      scopes: ['operate'],
      params: agentParams,
      headers: { 'Idempotency-Key': 'The same key again is the same run.' },
      body: runBodySchema,
      isBodyOptional: true,
      answers: {
        202: { description: 'The run was requested, or put in line.', schema: 'RunAnswer' },
      },
      problems: [
        'not-owner',
        'unknown-agent',
        'already-running',
        'agent-offline',
        'queue-full',
        'not-supported',
        'id-reused',
      ],
    },
  },
  '/v1/runs': {
    get: {
      id: 'listRuns',
      summary: 'Runs, newest first, a page at a time',
      scopes: ANY,
      query: runsQuery,
      answers: { 200: { description: 'One page.', schema: 'RunsAnswer' } },
    },
  },
  '/v1/agents/{id}/connections': {
    get: {
      id: 'listConnections',
      summary:
        'When an agent was connected, why not any more, and how much of the last week, newest first',
      scopes: ANY,
      params: agentParams,
      query: connectionsQuery,
      answers: { 200: { description: 'One page.', schema: 'ConnectionsAnswer' } },
      problems: ['unknown-agent'],
    },
  },
  '/v1/runs/{id}/events': {
    get: {
      id: 'listRunEvents',
      summary: 'What happened in a run, output included, a page at a time',
      scopes: ANY,
      params: uuidParams,
      query: runEventsQuery,
      answers: { 200: { description: 'One page.', schema: 'RunEventsAnswer' } },
      problems: ['unknown-run'],
    },
  },
  '/v1/runs/{id}': {
    get: {
      id: 'getRun',
      summary: 'One run',
      scopes: ANY,
      params: uuidParams,
      answers: { 200: { description: 'Live, or finished.', schema: 'RunAnswer' } },
      problems: ['unknown-run'],
    },
  },
  '/v1/runs/{id}/cancel': {
    post: {
      id: 'cancelRun',
      summary: 'Wish a run cancelled',
      scopes: ['operate'],
      params: uuidParams,
      answers: { 202: { description: 'The wish is on its way.', schema: 'RunAnswer' } },
      problems: ['unknown-run', 'run-finished', 'not-owner', 'not-supported'],
    },
  },
  '/v1/runs/{id}/pause': {
    post: {
      id: 'pauseRun',
      summary: 'Wish a run paused',
      scopes: ['operate'],
      params: uuidParams,
      answers: { 202: { description: 'The wish is on its way.', schema: 'RunAnswer' } },
      problems: STEERING,
    },
  },
  '/v1/runs/{id}/resume': {
    post: {
      id: 'resumeRun',
      summary: 'Wish a paused run resumed',
      scopes: ['operate'],
      params: uuidParams,
      answers: { 202: { description: 'The wish is on its way.', schema: 'RunAnswer' } },
      problems: STEERING,
    },
  },
  '/v1/runs/{id}/retry': {
    post: {
      id: 'retryRun',
      summary: 'Ask for the same as in a run that has ended',
      scopes: ['operate'],
      params: uuidParams,
      headers: { 'Idempotency-Key': 'The same key again is the same run.' },
      body: retryBodySchema,
      isBodyOptional: true,
      answers: { 202: { description: 'A new run was requested.', schema: 'RunAnswer' } },
      problems: [...STEERING, 'already-running', 'agent-offline', 'queue-full', 'id-reused'],
    },
  },
  '/v1/approvals/{id}': {
    get: {
      id: 'getApproval',
      summary: 'One question, or how it ended; waits for that if asked to',
      scopes: ['read', 'report'],
      params: uuidParams,
      query: approvalQuery,
      answers: { 200: { description: 'Open, or closed.', schema: 'ApprovalAnswer' } },
      problems: ['unknown-approval'],
    },
  },
  '/v1/approvals/{id}/decision': {
    post: {
      id: 'decideApproval',
      summary: 'Answer a question; the first answer wins',
      scopes: ['operate'],
      params: uuidParams,
      body: decisionSchema,
      answers: { 200: { description: 'The answer counts.', schema: 'ApprovalAnswer' } },
      problems: ['unknown-approval', 'not-owner', 'approval-closed', 'approval-changed'],
    },
  },
  '/v1/agents/{id}/acknowledgement': {
    put: {
      id: 'acknowledge',
      summary: 'Say that you take care of what an agent needs attention for',
      scopes: ['operate'],
      params: agentParams,
      body: acknowledgementSchema,
      answers: { 200: { description: 'Everybody sees it.', schema: 'AgentAnswer' } },
      problems: ['unknown-agent', 'illegal-transition'],
    },
    delete: {
      id: 'unacknowledge',
      summary: 'Take that back',
      scopes: ['operate'],
      params: agentParams,
      answers: { 204: NOTHING },
      problems: ['unknown-agent'],
    },
  },
};
