/** Every operation of the HTTP interface, for its description: what it takes, who may, what it answers. */
import * as z from 'zod/mini';
import { reportSchema } from '../../protocol/event.ts';
import { agentProfileSchema } from '../../protocol/event-agent.ts';
import { decisionSchema } from '../../protocol/event-approval.ts';
import { retryBodySchema, runBodySchema } from '../../protocol/event-run.ts';
import { agentIdSchema, runnerIdSchema, uuidSchema } from '../../protocol/ids.ts';
import type { ProblemType } from '../../protocol/problem.ts';
import { PROBLEMS } from '../../protocol/problem.ts';
import type { Scope } from '../../protocol/wire.ts';
import { newTokenSchema, pairSchema } from './access-routes.ts';
import { acknowledgementSchema } from './agent-routes.ts';
import type { AnswerName } from './answers.ts';
import { approvalQuery } from './approval-routes.ts';
import { commandsQuery, goodbyeSchema, heartbeatSchema } from './runner-routes.ts';
import { streamQuery } from './stream-routes.ts';

type Method = 'get' | 'put' | 'post' | 'delete';

export interface Operation {
  /** Different for each; what generated clients call it. */
  readonly id: string;
  readonly summary: string;
  /** One of these is enough, and `admin` always is. None: no token is needed. */
  readonly scopes: readonly Scope[];
  /** The token may be in the address. */
  readonly takesTokenInAddress?: true;
  readonly params?: Readonly<Record<string, z.ZodMiniType>>;
  readonly query?: z.ZodMiniObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: z.ZodMiniType;
  readonly isBodyOptional?: true;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Besides those that any request can get. */
  readonly problems?: readonly ProblemType[];
}

export interface Answer {
  readonly description: string;
  /** Default `application/json`; empty: no content. */
  readonly mediaType?: string;
  readonly schema?: AnswerName;
}

const ANY: readonly Scope[] = ['read', 'operate', 'report'];
const agent = { id: agentIdSchema };
const run = { id: uuidSchema };
const runner = { id: runnerIdSchema };
const token = { id: uuidSchema };
const problem = { type: z.enum(Object.keys(PROBLEMS)) };
const LAST_EVENT_ID = { 'Last-Event-ID': 'A cursor: the stream goes on behind it.' };
const STREAM: Answer = {
  description:
    'Server-Sent Events: hello, snapshot or what was missed, then live. See docs/protocol.md.',
  mediaType: 'text/event-stream',
};
const STEERING: readonly ProblemType[] = [
  'unknown-run',
  'run-finished',
  'not-owner',
  'not-supported',
  'illegal-transition',
];
const NOTHING: Answer = { description: 'Done.', mediaType: '' };

/** By path, with `{id}` for what varies. */
export const OPERATIONS: Readonly<Record<string, Partial<Record<Method, Operation>>>> = {
  '/healthz': {
    get: {
      id: 'getHealth',
      summary: 'The service is alive',
      scopes: [],
      answers: { 200: { description: 'It is.', schema: 'Health' } },
    },
  },
  '/readyz': {
    get: {
      id: 'getReadiness',
      summary: 'The service can work',
      scopes: [],
      answers: { 200: { description: 'It can.', schema: 'Health' } },
      problems: ['unavailable'],
    },
  },
  '/metrics': {
    get: {
      id: 'getMetrics',
      summary: 'Metrics for Prometheus',
      scopes: ['read'],
      answers: { 200: { description: 'The text format.', mediaType: 'text/plain' } },
    },
  },
  '/openapi.json': {
    get: {
      id: 'getDescription',
      summary: 'The HTTP interface as OpenAPI 3.1',
      scopes: [],
      answers: { 200: { description: 'OpenAPI 3.1.' } },
    },
  },
  '/problems/{type}': {
    get: {
      id: 'getProblem',
      summary: 'What a type of problem means',
      scopes: [],
      params: problem,
      answers: { 200: { description: 'One sentence.', mediaType: 'text/plain' } },
      problems: ['not-found'],
    },
  },
  '/v1/pair': {
    post: {
      id: 'pair',
      summary: 'Trade a pairing code for a token',
      scopes: [],
      body: pairSchema,
      answers: { 200: { description: 'The token, shown only now.', schema: 'PairAnswer' } },
      problems: ['invalid-code', 'rate-limited'],
    },
  },
  '/v1/snapshot': {
    get: {
      id: 'getSnapshot',
      summary: 'The state, with its cursor',
      scopes: ['read', 'report'],
      answers: { 200: { description: 'The fleet.', schema: 'Snapshot' } },
    },
  },
  '/v1/stream': {
    get: {
      id: 'followStream',
      summary: 'Follow the log',
      scopes: ['read', 'report'],
      takesTokenInAddress: true,
      query: streamQuery,
      headers: LAST_EVENT_ID,
      answers: { 200: STREAM },
      problems: ['invalid-cursor', 'too-many-streams'],
    },
  },
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
      params: agent,
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
      params: agent,
      answers: { 204: NOTHING },
      problems: ['unknown-agent', 'not-owner', 'agent-busy'],
    },
  },
  '/v1/agents/{id}/runs': {
    post: {
      id: 'requestRun',
      summary: 'Ask an agent to run',
      scopes: ['operate'],
      params: agent,
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
  '/v1/runs/{id}': {
    get: {
      id: 'getRun',
      summary: 'One run',
      scopes: ANY,
      params: run,
      answers: { 200: { description: 'Live, or finished.', schema: 'RunAnswer' } },
      problems: ['unknown-run'],
    },
  },
  '/v1/runs/{id}/cancel': {
    post: {
      id: 'cancelRun',
      summary: 'Wish a run cancelled',
      scopes: ['operate'],
      params: run,
      answers: { 202: { description: 'The wish is on its way.', schema: 'RunAnswer' } },
      problems: ['unknown-run', 'run-finished', 'not-owner', 'not-supported'],
    },
  },
  '/v1/runs/{id}/pause': {
    post: {
      id: 'pauseRun',
      summary: 'Wish a run paused',
      scopes: ['operate'],
      params: run,
      answers: { 202: { description: 'The wish is on its way.', schema: 'RunAnswer' } },
      problems: STEERING,
    },
  },
  '/v1/runs/{id}/resume': {
    post: {
      id: 'resumeRun',
      summary: 'Wish a paused run resumed',
      scopes: ['operate'],
      params: run,
      answers: { 202: { description: 'The wish is on its way.', schema: 'RunAnswer' } },
      problems: STEERING,
    },
  },
  '/v1/runs/{id}/retry': {
    post: {
      id: 'retryRun',
      summary: 'Ask for the same as in a run that has ended',
      scopes: ['operate'],
      params: run,
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
      params: run,
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
      params: run,
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
      params: agent,
      body: acknowledgementSchema,
      answers: { 200: { description: 'Everybody sees it.', schema: 'AgentAnswer' } },
      problems: ['unknown-agent', 'illegal-transition'],
    },
    delete: {
      id: 'unacknowledge',
      summary: 'Take that back',
      scopes: ['operate'],
      params: agent,
      answers: { 204: NOTHING },
      problems: ['unknown-agent'],
    },
  },
  '/v1/events': {
    post: {
      id: 'reportEvents',
      summary: 'Report events: all of them are stored, or none',
      scopes: ['report'],
      body: reportSchema,
      answers: { 200: { description: 'After the commit.', schema: 'ReportAnswer' } },
      problems: [
        'unknown-agent',
        'unknown-run',
        'not-owner',
        'run-finished',
        'illegal-transition',
        'stale-connection',
        'id-reused',
        'too-many-approvals',
      ],
    },
  },
  '/v1/runners/{id}/commands': {
    get: {
      id: 'holdCommands',
      summary: "A runner's stream of commands; holding it is its presence",
      scopes: ['report'],
      params: runner,
      query: commandsQuery,
      headers: LAST_EVENT_ID,
      answers: { 200: STREAM },
      problems: ['invalid-cursor', 'too-many-streams', 'unknown-agent', 'not-owner', 'agent-busy'],
    },
  },
  '/v1/runners/{id}/heartbeat': {
    post: {
      id: 'sendHeartbeat',
      summary: 'A runner is alive',
      scopes: ['report'],
      params: runner,
      body: heartbeatSchema,
      answers: { 200: { description: 'What is wished of its runs.', schema: 'Wishes' } },
      problems: ['stale-connection'],
    },
  },
  '/v1/runners/{id}/goodbye': {
    post: {
      id: 'sayGoodbye',
      summary: 'A runner leaves',
      scopes: ['report'],
      params: runner,
      body: goodbyeSchema,
      answers: { 204: NOTHING },
      problems: ['stale-connection'],
    },
  },
  '/v1/pairing-codes': {
    post: {
      id: 'offerPairing',
      summary: 'Make a pairing code',
      scopes: ['operate'],
      answers: { 201: { description: 'Good once, and for a while.', schema: 'PairingCode' } },
    },
  },
  '/v1/tokens': {
    get: {
      id: 'listTokens',
      summary: 'All tokens, without their secrets',
      scopes: ['admin'],
      answers: { 200: { description: 'Oldest first.', schema: 'Tokens' } },
    },
    post: {
      id: 'createToken',
      summary: 'Make a token',
      scopes: ['admin'],
      body: newTokenSchema,
      answers: { 201: { description: 'The token, shown only now.', schema: 'NewToken' } },
    },
  },
  '/v1/tokens/{id}': {
    delete: {
      id: 'revokeToken',
      summary: 'Revoke a token; its streams end',
      scopes: ['admin'],
      params: token,
      answers: { 204: NOTHING },
      problems: ['not-found'],
    },
  },
};
