/** The operations that webhooks of other programs call; see operation.ts. */
import * as z from 'zod/mini';
import { GITHUB_PAYLOADS } from '../adapters/github/payload.ts';
import type { Answer, Operations } from './operation.ts';

const TAKEN: Answer = { description: 'Taken, as far as it is new.', schema: 'DeliveryAnswer' };
const IGNORED: Answer = { description: 'There is nothing in it for us.', schema: 'DeliveryAnswer' };

export const WEBHOOK_OPERATIONS: Operations = {
  '/v1/hooks/github': {
    post: {
      id: 'takeGithubWebhook',
      summary: 'Take a webhook of GitHub, signed with the secret that it shares with the service',
      scopes: [],
      headers: {
        'X-Hub-Signature-256': '`sha256=` and the HMAC-SHA256 of the body.',
        'X-GitHub-Event': 'Such as `workflow_run`.',
        'X-GitHub-Delivery': 'The same when it is delivered again.',
      },
      body: z.union(Object.values(GITHUB_PAYLOADS)),
      answers: { 200: TAKEN, 202: IGNORED },
      problems: ['invalid-signature', 'not-found', 'not-owner'],
    },
  },
  '/v1/hooks/{name}': {
    post: {
      id: 'takeWebhook',
      summary: 'Take a webhook that AGENTLIGHT_WEBHOOKS describes, signed or with a token',
      scopes: ['report'],
      params: { name: z.string() },
      body: z.looseObject({}),
      answers: { 200: TAKEN, 202: IGNORED },
      problems: ['invalid-signature', 'not-found', 'not-owner'],
    },
  },
};
