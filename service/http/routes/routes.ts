/** Every route of the service. Where two match a path, the first one answers. */
import { openApi } from '../openapi/openapi.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { accessRoutes } from './access.ts';
import { agentRoutes } from './agents.ts';
import { approvalRoutes } from './approvals.ts';
import { eventRoutes } from './events.ts';
import { healthRoutes } from './health.ts';
import { hookRoutes } from './hooks.ts';
import { runRoutes } from './runs.ts';
import { runnerRoutes } from './runners.ts';
import { streamRoutes } from './stream.ts';
import { webhookRoutes } from './webhooks.ts';

let description: object | undefined;

export const ROUTES: readonly Route[] = [
  ...healthRoutes,
  route({
    id: 'getDescription',
    at: 'GET /openapi.json',
    summary: 'Read this interface as OpenAPI 3.1',
    scopes: [],
    answers: { 200: { description: 'OpenAPI 3.1.', mediaType: 'application/json' } },
    handle: (_input, { version }) => (description ??= openApi(version, ROUTES)),
  }),
  ...accessRoutes,
  ...streamRoutes,
  ...agentRoutes,
  ...runRoutes,
  ...approvalRoutes,
  ...eventRoutes,
  ...hookRoutes,
  ...webhookRoutes,
  ...runnerRoutes,
];
