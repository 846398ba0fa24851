/** Every route of the service, with a request that it accepts from the owner of a populated hub. */
import type { Scope } from '../../../protocol/wire/messages.ts';
import type { Route } from '../../../service/http/route.ts';
import { ROUTES as DECLARED } from '../../../service/http/routes/routes.ts';
import { QUESTION, RUNS } from './populated-hub.ts';

export interface RouteCase {
  readonly route: Route;
  readonly method: string;
  /** As the app declares it. */
  readonly pattern: string;
  /** The request, and the status of its answer. */
  readonly path: string;
  readonly body: unknown;
  readonly obeyed: number;
  /** One of these is enough; undefined where no token is needed. */
  readonly scopes: readonly Scope[] | undefined;
}

interface Request {
  readonly status: number;
  /** Default: the path of the route. */
  readonly path?: string;
  /** Default: the example of the route's body. */
  readonly body?: object;
}

/** By id of the route, in an order in which all of them can be accepted. */
const REQUESTS: Readonly<Record<string, Request>> = {
  getHealth: { status: 200 },
  getReadiness: { status: 200 },
  getProblem: { status: 200, path: '/problems/unauthorized' },
  getDescription: { status: 200 },
  getMetrics: { status: 200 },
  getSnapshot: { status: 200 },
  followStream: { status: 200, path: '/v1/stream?once=1' },
  listAgents: { status: 200 },
  putAgent: { status: 201, path: '/v1/agents/fresh' },
  removeAgent: { status: 204, path: '/v1/agents/fresh' },
  requestRun: { status: 202, path: '/v1/agents/free/runs' },
  listConnections: { status: 200, path: '/v1/agents/free/connections' },
  listRuns: { status: 200 },
  listRunEvents: { status: 200, path: `/v1/runs/${RUNS.live}/events` },
  getRun: { status: 200, path: `/v1/runs/${RUNS.live}` },
  pauseRun: { status: 202, path: `/v1/runs/${RUNS.live}/pause` },
  resumeRun: { status: 202, path: `/v1/runs/${RUNS.live}/resume` },
  retryRun: { status: 202, path: `/v1/runs/${RUNS.done}/retry` },
  getApproval: { status: 200, path: `/v1/approvals/${QUESTION}` },
  decideApproval: {
    status: 200,
    path: `/v1/approvals/${QUESTION}/decision`,
    body: { choice: 'allow', hash: '0'.repeat(64) },
  },
  // there is nothing at that position
  acknowledge: { status: 409, path: '/v1/agents/free/acknowledgement' },
  unacknowledge: { status: 204, path: '/v1/agents/free/acknowledgement' },
  cancelRun: { status: 202, path: `/v1/runs/${RUNS.live}/cancel` },
  reportEvents: {
    status: 200,
    body: { events: [{ type: 'error.reported', agent: 'free', data: { message: 'Oh.' } }] },
  },
  takeClaudeCodeHook: { status: 200 },
  takeCodexHook: { status: 200 },
  // switched off
  takeGithubWebhook: { status: 404 },
  takeWebhook: { status: 200, path: '/v1/hooks/builds' },
  holdCommands: { status: 200, path: '/v1/runners/r-new/commands?agent=idle' },
  sendHeartbeat: { status: 200, path: '/v1/runners/r-live/heartbeat', body: { generation: 1 } },
  sayGoodbye: { status: 204, path: '/v1/runners/r-live/goodbye', body: { generation: 1 } },
  offerPairing: { status: 201 },
  pair: { status: 401 },
  listTokens: { status: 200 },
  createToken: { status: 201 },
  revokeToken: { status: 404, path: `/v1/tokens/${RUNS.live}` },
};

export const ROUTES: readonly RouteCase[] = Object.entries(REQUESTS).map(([id, request]) => {
  const route = DECLARED.find((declared) => declared.id === id);
  if (!route) throw new Error(`There is no route ${id}.`);
  const { method, path: pattern, scopes, body } = route;
  return {
    route,
    method,
    pattern,
    path: request.path ?? pattern,
    body: request.body ?? body?.example,
    obeyed: request.status,
    scopes: scopes.length > 0 ? scopes : undefined,
  };
});
