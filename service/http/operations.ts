/** Every operation of the HTTP interface, for its description: what it takes, who may, what it answers. */
import * as z from 'zod/mini';
import { reportSchema } from '../../protocol/events/event.ts';
import { runnerIdSchema } from '../../protocol/wire/ids.ts';
import { PROBLEMS } from '../../protocol/wire/problem.ts';
import { cloudEventSchema } from '../adapters/webhooks/cloud-events.ts';
import { newTokenSchema, pairSchema } from './access-routes.ts';
import type { Answer, Operations } from './operation.ts';
import { NOTHING, uuidParams } from './operation.ts';
import { AGENT_OPERATIONS } from './operations-agent.ts';
import { WEBHOOK_OPERATIONS } from './operations-webhook.ts';
import { commandsQuery, goodbyeSchema, heartbeatSchema } from './runner-routes.ts';
import { streamQuery } from './stream-routes.ts';

const runner = { id: runnerIdSchema };
const problem = { type: z.enum(Object.keys(PROBLEMS)) };
const LAST_EVENT_ID = { 'Last-Event-ID': 'A cursor: the stream goes on behind it.' };
const STREAM: Answer = {
  description:
    'Server-Sent Events: hello, snapshot or what was missed, then live. See docs/protocol.md.',
  mediaType: 'text/event-stream',
};

export const OPERATIONS: Operations = {
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
  ...AGENT_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  '/v1/events': {
    post: {
      id: 'reportEvents',
      summary: 'Report events: all of them are stored, or none',
      scopes: ['report'],
      body: reportSchema,
      otherBodies: {
        'application/cloudevents+json': cloudEventSchema,
        'application/cloudevents-batch+json': z.array(cloudEventSchema),
        'application/x-ndjson': z.string(),
      },
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
      answers: { 200: { description: 'What is wished of its runs.', schema: 'PendingCommands' } },
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
      params: uuidParams,
      answers: { 204: NOTHING },
      problems: ['not-found'],
    },
  },
};
