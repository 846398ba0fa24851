/** Every route of the service: a request that it obeys, and who may make it. */
import type { Scope } from '../../../protocol/wire/messages.ts';
import { QUESTION, RUNS } from './populated-hub.ts';

export interface RouteCase {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** As the app declares it. */
  readonly pattern: string;
  /** A request that is obeyed: its path, its body, the status of the answer. */
  readonly path: string;
  readonly body?: object;
  readonly obeyed: number;
  /** The body counts only with a signature. */
  readonly signed?: true;
  /** The route reads no body. */
  readonly bodiless?: true;
  /** One of these is enough; undefined where no token is needed. */
  readonly scopes: readonly Scope[] | undefined;
}

const ANY_SCOPE = ['read', 'operate', 'report'] as const;

/** In an order in which all of them can be obeyed, one after the other. */
export const ROUTES: readonly RouteCase[] = [
  route('GET', '/healthz', { obeyed: 200, scopes: undefined }),
  route('GET', '/readyz', { obeyed: 200, scopes: undefined }),
  route('GET', '/problems/:type', {
    path: '/problems/unauthorized',
    obeyed: 200,
    scopes: undefined,
  }),
  route('GET', '/openapi.json', { obeyed: 200, scopes: undefined }),
  route('GET', '/metrics', { obeyed: 200, scopes: ['read'] }),
  route('GET', '/v1/snapshot', { obeyed: 200, scopes: ['read', 'report'] }),
  route('GET', '/v1/stream', {
    path: '/v1/stream?once=1',
    obeyed: 200,
    scopes: ['read', 'report'],
  }),
  route('GET', '/v1/agents', { obeyed: 200, scopes: ANY_SCOPE }),
  route('PUT', '/v1/agents/:id', {
    path: '/v1/agents/fresh',
    body: { name: 'Fresh' },
    obeyed: 201,
    scopes: ['report'],
  }),
  route('DELETE', '/v1/agents/:id', {
    path: '/v1/agents/fresh',
    obeyed: 204,
    bodiless: true,
    scopes: ['report', 'operate'],
  }),
  route('POST', '/v1/agents/:id/runs', {
    path: '/v1/agents/free/runs',
    body: { prompt: 'Do it.' },
    obeyed: 202,
    scopes: ['operate'],
  }),
  route('GET', '/v1/agents/:id/connections', {
    path: '/v1/agents/free/connections',
    obeyed: 200,
    scopes: ANY_SCOPE,
  }),
  route('GET', '/v1/runs', { obeyed: 200, scopes: ANY_SCOPE }),
  route('GET', '/v1/runs/:id/events', {
    path: `/v1/runs/${RUNS.live}/events`,
    obeyed: 200,
    scopes: ANY_SCOPE,
  }),
  route('GET', '/v1/runs/:id', { path: `/v1/runs/${RUNS.live}`, obeyed: 200, scopes: ANY_SCOPE }),
  route('POST', '/v1/runs/:id/pause', {
    path: `/v1/runs/${RUNS.live}/pause`,
    obeyed: 202,
    bodiless: true,
    scopes: ['operate'],
  }),
  route('POST', '/v1/runs/:id/resume', {
    path: `/v1/runs/${RUNS.live}/resume`,
    obeyed: 202,
    bodiless: true,
    scopes: ['operate'],
  }),
  route('POST', '/v1/runs/:id/retry', {
    path: `/v1/runs/${RUNS.done}/retry`,
    body: { queue: true },
    obeyed: 202,
    scopes: ['operate'],
  }),
  route('GET', '/v1/approvals/:id', {
    path: `/v1/approvals/${QUESTION}`,
    obeyed: 200,
    scopes: ['read', 'report'],
  }),
  route('POST', '/v1/approvals/:id/decision', {
    path: `/v1/approvals/${QUESTION}/decision`,
    body: { choice: 'allow', hash: '0'.repeat(64) },
    obeyed: 200,
    scopes: ['operate'],
  }),
  // there is nothing at that position
  route('PUT', '/v1/agents/:id/acknowledgement', {
    path: '/v1/agents/free/acknowledgement',
    body: { attention: 1 },
    obeyed: 409,
    scopes: ['operate'],
  }),
  route('DELETE', '/v1/agents/:id/acknowledgement', {
    path: '/v1/agents/free/acknowledgement',
    obeyed: 204,
    bodiless: true,
    scopes: ['operate'],
  }),
  route('POST', '/v1/runs/:id/cancel', {
    path: `/v1/runs/${RUNS.live}/cancel`,
    obeyed: 202,
    bodiless: true,
    scopes: ['operate'],
  }),
  route('POST', '/v1/events', {
    body: { events: [{ type: 'error.reported', agent: 'free', data: { message: 'Oh.' } }] },
    obeyed: 200,
    scopes: ['report'],
  }),
  ...['claude-code', 'codex'].map((tool) =>
    route('POST', `/v1/hooks/${tool}`, {
      body: { session_id: 'a1b2c3d4', hook_event_name: 'SessionStart', cwd: '/home/mira/api' },
      obeyed: 200,
      scopes: ['report'],
    }),
  ),
  // switched off
  route('POST', '/v1/hooks/github', { body: {}, signed: true, obeyed: 404, scopes: undefined }),
  route('POST', '/v1/hooks/:name', {
    path: '/v1/hooks/builds',
    body: { project: 'free', build: { id: 7, state: 'passed' } },
    obeyed: 200,
    scopes: ['report'],
  }),
  route('GET', '/v1/runners/:id/commands', {
    path: '/v1/runners/r-new/commands?agent=idle',
    obeyed: 200,
    scopes: ['report'],
  }),
  route('POST', '/v1/runners/:id/heartbeat', {
    path: '/v1/runners/r-live/heartbeat',
    body: { generation: 1 },
    obeyed: 200,
    scopes: ['report'],
  }),
  route('POST', '/v1/runners/:id/goodbye', {
    path: '/v1/runners/r-live/goodbye',
    body: { generation: 1 },
    obeyed: 204,
    scopes: ['report'],
  }),
  route('POST', '/v1/pairing-codes', { obeyed: 201, bodiless: true, scopes: ['operate'] }),
  route('POST', '/v1/pair', { body: { code: 'WRONG' }, obeyed: 401, scopes: undefined }),
  route('GET', '/v1/tokens', { obeyed: 200, scopes: [] }),
  route('POST', '/v1/tokens', {
    body: { user: 'carol', scopes: ['read'] },
    obeyed: 201,
    scopes: [],
  }),
  route('DELETE', '/v1/tokens/:id', {
    path: `/v1/tokens/${RUNS.live}`,
    obeyed: 404,
    bodiless: true,
    scopes: [],
  }),
];

type Given = Omit<RouteCase, 'method' | 'pattern' | 'path'> & { readonly path?: string };

function route(method: RouteCase['method'], pattern: string, given: Given): RouteCase {
  return { method, pattern, path: pattern, ...given };
}
