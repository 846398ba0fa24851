/** Requests that are well authorized and yet wrong in themselves, or at this moment, for each route. */
import type { ProblemType } from '../../../protocol/wire/problem.ts';
import { RUNS } from './populated-hub.ts';
import type { Sent } from './request.ts';

export interface RefusedRequest {
  readonly request: string;
  readonly what: string;
  readonly type: ProblemType;
  readonly sent: Sent;
  /** Whose token; the owner's by default. */
  readonly as?: 'bob' | 'report';
  /** What the detail must say. */
  readonly detail?: RegExp;
}

type Row = readonly [
  request: string,
  what: string,
  type: ProblemType,
  body?: unknown,
  detail?: RegExp,
];

const BAD_AGENT_IDS = [
  'UPPER',
  '-dash-first',
  'a'.repeat(64),
  'constructor',
  '__proto__',
  'a%00b',
  '%C3%A4',
  'a%20b',
];
const BAD_UUIDS = ['1', 'not-a-uuid', `${RUNS.none}0`, '%00', '__proto__'];
const BAD_CURSORS = [
  'nonsense',
  'abc.-1',
  'abc.1.5',
  '.5',
  'abc.',
  'ABC.1',
  'abc.99999999999999999',
];
const run = { agent: 'live', run: RUNS.live };

const rows: readonly Row[] = [
  ...BAD_AGENT_IDS.flatMap((id): Row[] => [
    [`PUT /v1/agents/${id}`, 'a malformed id', 'invalid-request', { name: 'N' }, /path\.id/],
    [`DELETE /v1/agents/${id}`, 'a malformed id', 'invalid-request', undefined, /path\.id/],
    [`POST /v1/agents/${id}/runs`, 'a malformed id', 'invalid-request', {}, /path\.id/],
    [`GET /v1/runners/r-new/commands?agent=${id}`, 'a malformed agent', 'invalid-request'],
    [
      `GET /v1/stream?agent=${id}`,
      'a malformed agent',
      'invalid-request',
      undefined,
      /query\.agent/,
    ],
  ]),
  ...BAD_UUIDS.flatMap((id): Row[] => [
    [`GET /v1/runs/${id}`, 'a malformed id', 'invalid-request', undefined, /UUID/],
    [`POST /v1/runs/${id}/cancel`, 'a malformed id', 'invalid-request', undefined, /UUID/],
    [`DELETE /v1/tokens/${id}`, 'a malformed id', 'invalid-request', undefined, /UUID/],
    [`GET /v1/stream?run=${id}`, 'a malformed run', 'invalid-request', undefined, /query\.run/],
  ]),
  ...BAD_CURSORS.flatMap((cursor): Row[] => [
    [`GET /v1/stream?cursor=${cursor}`, 'a bad cursor', 'invalid-cursor', undefined, /snapshot/],
    [
      `GET /v1/runners/r-new/commands?agent=idle&cursor=${cursor}`,
      'a bad cursor',
      'invalid-cursor',
    ],
  ]),
  ...[
    'unknown=1',
    'run=1&run=2',
    'type=Bad+Type',
    'detail=maybe',
    'once=2',
    'cursor=a.1&cursor=a.2',
  ].map(
    (query): Row => [
      `GET /v1/stream?${query}`,
      'a bad query',
      'invalid-request',
      undefined,
      /query/,
    ],
  ),
  ...['', '?agent=idle&once=1', `?${'agent=idle&'.repeat(201)}`].map(
    (query): Row => [`GET /v1/runners/r-new/commands${query}`, 'a bad query', 'invalid-request'],
  ),
  ...['R', 'r'.repeat(101), '.r', 'r%00'].flatMap((id): Row[] => [
    [`GET /v1/runners/${id}/commands?agent=idle`, 'a malformed runner', 'invalid-request'],
    [
      `POST /v1/runners/${id}/heartbeat`,
      'a malformed runner',
      'invalid-request',
      { generation: 1 },
    ],
    [`POST /v1/runners/${id}/goodbye`, 'a malformed runner', 'invalid-request', { generation: 1 }],
  ]),

  ['GET /problems/nothing', 'a problem that there is not', 'not-found'],
  ['GET /problems/constructor', 'an inherited name', 'not-found'],

  ...[
    {},
    { name: '' },
    { name: 'x'.repeat(121) },
    { name: 'a\nb' },
    { name: 'a\u202eb' },
    { name: 'a\u0000b' },
    { name: 'x', description: 'x'.repeat(501) },
    { name: 'x', host: 1 },
    { name: 'x', capabilities: ['fly'] },
    { name: 'x', capabilities: 'run' },
    { name: 'x', owner: 'bob' },
  ].map(
    (body): Row => [
      'PUT /v1/agents/idle',
      JSON.stringify(body).slice(0, 60),
      'invalid-request',
      body,
    ],
  ),
  [
    'PUT /v1/agents/session',
    'an agent of another session',
    'agent-busy',
    { name: 'S', session: RUNS.none },
  ],
  ['DELETE /v1/agents/nobody', 'an unknown id', 'unknown-agent'],
  ['DELETE /v1/agents/live', 'an agent at work', 'agent-busy', undefined, /Stop its runner/],
  ['DELETE /v1/agents/free', 'a connected agent', 'agent-busy'],

  ['POST /v1/agents/nobody/runs', 'an unknown id', 'unknown-agent', {}],
  [
    'POST /v1/agents/idle/runs',
    'an agent that is not connected',
    'agent-offline',
    {},
    /agentlight up/,
  ],
  ['POST /v1/agents/watched/runs', 'an agent that only reports', 'not-supported', {}],
  ['POST /v1/agents/live/runs', 'an agent at work', 'already-running', {}, /cancel it first/],
  ...[
    { prompt: 1 },
    { prompt: 'x'.repeat(20_001) },
    { params: [] },
    { params: 'x' },
    { params: { x: 'x'.repeat(16_384) } },
  ].map(
    (body): Row => [
      'POST /v1/agents/free/runs',
      JSON.stringify(body).slice(0, 30),
      'invalid-request',
      body,
      /body\.p/,
    ],
  ),

  [`GET /v1/runs/${RUNS.none}`, 'an unknown id', 'unknown-run'],
  [`POST /v1/runs/${RUNS.none}/cancel`, 'an unknown id', 'unknown-run'],
  [
    `POST /v1/runs/${RUNS.done}/cancel`,
    'a finished run',
    'run-finished',
    undefined,
    /already succeeded/,
  ],
  [`POST /v1/runs/${RUNS.watched}/cancel`, 'an agent that only reports', 'not-supported'],

  ...[
    {},
    { events: [] },
    { events: {} },
    { events: [null] },
    { events: [{ ...run }] },
    { events: [{ type: 'run.phase', ...run, data: [] }] },
    { events: [{ type: 'run.phase', ...run, id: 'x', data: { name: 'x' } }] },
    { events: [{ type: 'run.phase', ...run, time: 'now', data: { name: 'x' } }] },
    { events: [{ type: 'run.phase', ...run, time: '1999-12-31T23:59:59Z', data: { name: 'x' } }] },
    { events: [{ type: 'run.phase', ...run, seq: 1, data: { name: 'x' } }] },
    {
      events: [{ type: 'run.phase', ...run, data: { name: 'x' } }],
      connection: { runner: 'r-live' },
    },
  ].map(
    (body): Row => ['POST /v1/events', JSON.stringify(body).slice(0, 150), 'invalid-request', body],
  ),

  ['GET /v1/runners/r-new/commands?agent=nobody', 'an unknown agent', 'unknown-agent'],
  [
    'GET /v1/runners/r-new/commands?agent=idle&agent=free',
    'an agent of another runner',
    'agent-busy',
  ],
  ...['heartbeat', 'goodbye'].flatMap((action): Row[] => [
    ...[{}, { generation: 0 }, { generation: '1' }, { generation: 1.5 }, { generation: null }].map(
      (body): Row => [
        `POST /v1/runners/r-live/${action}`,
        JSON.stringify(body),
        'invalid-request',
        body,
      ],
    ),
    [
      `POST /v1/runners/nobody/${action}`,
      'an unknown runner',
      'stale-connection',
      { generation: 1 },
    ],
    [
      `POST /v1/runners/r-live/${action}`,
      'another connection',
      'stale-connection',
      { generation: 2 },
      /Open the command stream again/,
    ],
    [
      `POST /v1/runners/r-bob/${action}`,
      "somebody else's connection",
      'stale-connection',
      { generation: 1 },
    ],
  ]),
  [
    'POST /v1/runners/r-live/goodbye',
    'a reason of the service',
    'invalid-request',
    { generation: 1, reason: 'connection-lost' },
  ],

  ...[
    {},
    { code: 1 },
    { code: '' },
    { code: 'x'.repeat(41) },
    { code: 'ABCD-EFGH', label: 'x'.repeat(81) },
    { code: 'ABCD-EFGH', label: 'a\u0000b' },
  ].map((body): Row => ['POST /v1/pair', JSON.stringify(body), 'invalid-request', body]),
  ['POST /v1/pair', 'a wrong code', 'invalid-code', { code: 'ABCD-EFGH' }, /agentlight pair/],
  ...[
    {},
    { user: 'carol', scopes: [] },
    { user: 'carol', scopes: ['root'] },
    { user: 'Carol', scopes: ['read'] },
    { user: 'a\u0000', scopes: ['read'] },
    { user: 'carol', scopes: 'read' },
    { user: 'carol', scopes: ['read'], label: 'a\u0000b' },
    { user: 'carol', scopes: ['read'], label: 'x'.repeat(81) },
  ].map(
    (body): Row => ['POST /v1/tokens', JSON.stringify(body).slice(0, 60), 'invalid-request', body],
  ),
  [`DELETE /v1/tokens/${RUNS.none}`, 'an unknown id', 'not-found'],
];

/** What belongs to the owner is not bob's. */
const foreign: readonly Row[] = [
  ['PUT /v1/agents/idle', 'an agent of somebody else', 'not-owner', { name: 'Mine' }],
  ['DELETE /v1/agents/idle', 'an agent of somebody else', 'not-owner'],
  ['POST /v1/agents/free/runs', 'an agent of somebody else', 'not-owner', {}],
  [`POST /v1/runs/${RUNS.live}/cancel`, 'a run of somebody else', 'not-owner'],
  [
    'POST /v1/events',
    'an agent of somebody else',
    'not-owner',
    { events: [{ type: 'run.phase', ...run, data: { name: 'x' } }] },
  ],
  ['GET /v1/runners/r-new/commands?agent=idle', 'an agent of somebody else', 'not-owner'],
  ['GET /v1/runners/r-live/commands?agent=bobs', 'a runner of somebody else', 'not-owner'],
  [
    'POST /v1/runners/r-live/heartbeat',
    'a connection of somebody else',
    'stale-connection',
    { generation: 1 },
  ],
  [
    'POST /v1/runners/r-live/goodbye',
    'a connection of somebody else',
    'stale-connection',
    { generation: 1 },
  ],
];

const inHeaders: readonly RefusedRequest[] = [
  ...BAD_CURSORS.flatMap((cursor) =>
    ['GET /v1/stream', 'GET /v1/runners/r-new/commands?agent=idle'].map((request) => ({
      request,
      what: `${cursor} as Last-Event-ID`,
      type: 'invalid-cursor' as const,
      sent: { headers: { 'Last-Event-ID': cursor } },
    })),
  ),
  ...['x'.repeat(201), 'with space', 'tab\tinside'].map((key) => ({
    request: 'POST /v1/agents/free/runs',
    what: `the key ${JSON.stringify(key).slice(0, 20)}`,
    type: 'invalid-request' as const,
    sent: { headers: { 'Idempotency-Key': key } },
    detail: /Idempotency-Key/,
  })),
];

export const REFUSED_REQUESTS: readonly RefusedRequest[] = [
  ...rows.map((row) => toRequest(row)),
  ...foreign.map((row) => ({ ...toRequest(row), as: 'bob' as const })),
  ...inHeaders,
];

function toRequest([request, what, type, body, detail]: Row): RefusedRequest {
  return { request, what, type, sent: { body }, ...(detail && { detail }) };
}
