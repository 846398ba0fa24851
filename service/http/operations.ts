/** Every operation of the HTTP interface, for its description: what it takes, who may, what it answers. */
import type * as z from 'zod/mini';
import { reportSchema } from '../../protocol/event.ts';
import { agentProfileSchema } from '../../protocol/event-agent.ts';
import { runRequestSchema } from '../../protocol/event-run.ts';
import { agentIdSchema, runnerIdSchema, uuidSchema } from '../../protocol/ids.ts';
import type { ProblemType } from '../../protocol/problem.ts';
import type { Scope } from '../../protocol/wire.ts';
import { pairAnswerSchema, pairRequestSchema, snapshotSchema } from '../../protocol/wire.ts';
import { newTokenSchema } from './access-routes.ts';
import { commandsQuery, goodbyeSchema, heartbeatSchema } from './runner-routes.ts';
import { streamQuery } from './stream-routes.ts';

type Method = 'get' | 'put' | 'post' | 'delete';

export interface Operation {
  readonly summary: string;
  /** One of these is enough, and `admin` always is. None: no token is needed. */
  readonly scopes: readonly Scope[];
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
  readonly schema?: z.ZodMiniType;
}

const ANY: readonly Scope[] = ['read', 'operate', 'report'];
const agent = { id: agentIdSchema };
const run = { id: uuidSchema };
const runner = { id: runnerIdSchema };
const LAST_EVENT_ID = { 'Last-Event-ID': 'A cursor: the stream goes on behind it.' };
const STREAM: Answer = {
  description:
    'Server-Sent Events: hello, snapshot or what was missed, then live. See docs/protocol.md.',
  mediaType: 'text/event-stream',
};
const NOTHING: Answer = { description: 'Done.', mediaType: '' };

/** By path, with `{id}` for what varies. */
export const OPERATIONS: Readonly<Record<string, Partial<Record<Method, Operation>>>> = {
  '/healthz': {
    get: {
      summary: 'The process is alive',
      scopes: [],
      answers: { 200: { description: 'It is.' } },
    },
  },
  '/readyz': {
    get: {
      summary: 'It can work',
      scopes: [],
      answers: { 200: { description: 'It can.' } },
      problems: ['unavailable'],
    },
  },
  '/metrics': {
    get: {
      summary: 'Metrics for Prometheus',
      scopes: ['read'],
      answers: { 200: { description: 'The text format.', mediaType: 'text/plain' } },
    },
  },
  '/openapi.json': {
    get: {
      summary: 'This description',
      scopes: [],
      answers: { 200: { description: 'OpenAPI 3.1.' } },
    },
  },
  '/problems/{type}': {
    get: {
      summary: 'What a type of problem means',
      scopes: [],
      answers: { 200: { description: 'One sentence.', mediaType: 'text/plain' } },
    },
  },
  '/v1/pair': {
    post: {
      summary: 'Trade a pairing code for a token',
      scopes: [],
      body: pairRequestSchema,
      answers: { 200: { description: 'The token, shown only now.', schema: pairAnswerSchema } },
      problems: ['invalid-code', 'rate-limited'],
    },
  },
  '/v1/snapshot': {
    get: {
      summary: 'The state, with its cursor',
      scopes: ['read', 'report'],
      answers: { 200: { description: 'The fleet.', schema: snapshotSchema } },
    },
  },
  '/v1/stream': {
    get: {
      summary: 'Follow the log',
      scopes: ['read', 'report'],
      query: streamQuery,
      headers: LAST_EVENT_ID,
      answers: { 200: STREAM },
      problems: ['invalid-cursor', 'too-many-streams'],
    },
  },
  '/v1/agents': {
    get: {
      summary: 'All agents',
      scopes: ANY,
      answers: { 200: { description: '`{agents: […]}`' } },
    },
  },
  '/v1/agents/{id}': {
    put: {
      summary: 'Register an agent, or replace its profile',
      scopes: ['report'],
      params: agent,
      body: agentProfileSchema,
      answers: {
        200: { description: 'It was known: `{agent}`' },
        201: { description: 'It is new: `{agent}`' },
      },
      problems: ['not-owner'],
    },
    delete: {
      summary: 'Remove an agent that is neither connected nor running',
      scopes: ['report', 'operate'],
      params: agent,
      answers: { 204: NOTHING },
      problems: ['unknown-agent', 'not-owner', 'agent-busy'],
    },
  },
  '/v1/agents/{id}/runs': {
    post: {
      summary: 'Ask an agent to run',
      scopes: ['operate'],
      params: agent,
      headers: { 'Idempotency-Key': 'The same key again is the same run.' },
      body: runRequestSchema,
      isBodyOptional: true,
      answers: { 202: { description: 'The run was requested: `{run}`' } },
      problems: [
        'not-owner',
        'unknown-agent',
        'already-running',
        'agent-offline',
        'not-supported',
        'id-reused',
      ],
    },
  },
  '/v1/runs/{id}': {
    get: {
      summary: 'One run',
      scopes: ANY,
      params: run,
      answers: { 200: { description: '`{run}`' } },
      problems: ['unknown-run'],
    },
  },
  '/v1/runs/{id}/cancel': {
    post: {
      summary: 'Wish a run cancelled',
      scopes: ['operate'],
      params: run,
      answers: { 202: { description: 'The wish is on its way: `{run}`' } },
      problems: ['unknown-run', 'run-finished', 'not-owner', 'not-supported'],
    },
  },
  '/v1/events': {
    post: {
      summary: 'Report events: all of them are stored, or none',
      scopes: ['report'],
      body: reportSchema,
      answers: { 200: { description: 'After the commit: `{events: [{id, seq}]}`' } },
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
      summary: 'A runner is alive',
      scopes: ['report'],
      params: runner,
      body: heartbeatSchema,
      answers: { 200: { description: 'What is wished of its runs: `{wishes: {cancel: […]}}`' } },
      problems: ['stale-connection'],
    },
  },
  '/v1/runners/{id}/goodbye': {
    post: {
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
      summary: 'Make a pairing code',
      scopes: ['operate'],
      answers: { 201: { description: '`{code, expiresAt}`' } },
    },
  },
  '/v1/tokens': {
    get: {
      summary: 'All tokens, without their secrets',
      scopes: ['admin'],
      answers: { 200: { description: '`{tokens: […]}`' } },
    },
    post: {
      summary: 'Make a token',
      scopes: ['admin'],
      body: newTokenSchema,
      answers: { 201: { description: 'The token, shown only now.' } },
    },
  },
  '/v1/tokens/{id}': {
    delete: {
      summary: 'Revoke a token; its streams end',
      scopes: ['admin'],
      params: run,
      answers: { 204: NOTHING },
      problems: ['not-found'],
    },
  },
};
