/** Webhooks of GitHub, and those that the configuration describes. */
import type { Context } from 'hono';
import * as z from 'zod/mini';
import type { Actor } from '../../../protocol/decide/command.ts';
import type { DeliveryAnswer } from '../../../protocol/wire/messages.ts';
import { translateGithub, type GithubDelivery } from '../../adapters/github/translate-github.ts';
import { GITHUB_PAYLOADS, isGithubEvent } from '../../adapters/github/payload.ts';
import type { WebhookTranslation } from '../../adapters/webhooks/delivery.ts';
import type { Webhook } from '../../adapters/webhooks/webhook-config.ts';
import { translateWebhook, WebhookError } from '../../adapters/webhooks/webhook.ts';
import { signatureError } from '../../access/signature.ts';
import { recordDelivery } from '../../intake/deliveries.ts';
import type { Http, Services } from '../context.ts';
import { check, readJson } from '../input.ts';
import { throwProblem, resultOrThrow } from '../problem.ts';
import { jsonAnswer, route } from '../route.ts';

const SIGNATURE = 'X-Hub-Signature-256';

const answers = {
  200: jsonAnswer('DeliveryAnswer', 'Recorded, as far as it is new.'),
  202: jsonAnswer('DeliveryAnswer', 'Nothing in it is relevant here.'),
};

const describedHeader = (description: string) =>
  z.optional(z.string().check(z.describe(description)));

export const webhookRoutes = [
  route({
    id: 'takeGithubWebhook',
    at: 'POST /v1/hooks/github',
    summary: 'Receive a GitHub webhook, signed with the shared secret',
    scopes: [],
    async signer(c, { config: { githubSecret } }) {
      if (githubSecret === undefined) {
        throwProblem(
          'not-found',
          'GitHub webhooks are disabled. Set AGENTLIGHT_GITHUB_SECRET here and as the secret of the webhook; see docs/integrations.md.',
        );
      }
      await checkSignature(c, githubSecret, SIGNATURE);
      return { user: 'github', scopes: ['report'] };
    },
    headers: z.object({
      [SIGNATURE]: describedHeader('`sha256=` and the HMAC-SHA256 of the body.'),
      'X-GitHub-Event': describedHeader('For example `workflow_run`.'),
      'X-GitHub-Delivery': describedHeader('Stays the same when GitHub repeats a delivery.'),
    }),
    // checked by the handler, because the schema depends on the event
    body: {
      read: readJson,
      schema: z.union(Object.values(GITHUB_PAYLOADS)),
      example: {
        action: 'completed',
        repository: {
          id: 186_853_002,
          full_name: 'octo-org/octo-repo',
          html_url: 'https://github.com/octo-org/octo-repo',
        },
        workflow_run: {
          id: 9_876_543_210,
          name: 'CI',
          run_attempt: 1,
          html_url: 'https://github.com/octo-org/octo-repo/actions/runs/9876543210',
          status: 'completed',
          conclusion: 'success',
        },
      },
    },
    answers,
    problems: ['invalid-signature', 'not-found', 'not-owner'],
    handle({ c, actor, headers, body }, services) {
      const event = headers['X-GitHub-Event'];
      const delivery = headers['X-GitHub-Delivery'];
      if (event === undefined || delivery === undefined) {
        const detail = 'The headers X-GitHub-Event and X-GitHub-Delivery are missing.';
        throwProblem('invalid-request', detail);
      }
      return answer(c, services, translateDelivery(event, delivery, body), actor, false);
    },
  }),
  route({
    id: 'takeWebhook',
    at: 'POST /v1/hooks/:name',
    summary: 'Receive a webhook described in AGENTLIGHT_WEBHOOKS, signed or with a token',
    scopes: ['report'],
    async signer(c, services) {
      const name = c.req.param('name') ?? '';
      const { secret, signatureHeader = '' } = find(services, name) ?? {};
      if (secret === undefined || c.req.header(signatureHeader) === undefined) return undefined;
      await checkSignature(c, secret, signatureHeader);
      // no token can belong to this user
      return { user: `webhook:${name}`, scopes: ['report'] };
    },
    params: z.object({ name: z.string() }),
    // checked by the handler, because the mapping in the configuration decides what is needed
    body: {
      read: readJson,
      schema: z.looseObject({}),
      example: { project: 'nightly', build: { id: 7, state: 'passed' } },
    },
    answers,
    problems: ['invalid-signature', 'not-found', 'not-owner'],
    handle({ c, actor, params: { name }, body }, services) {
      const webhook = find(services, name);
      if (!webhook) {
        throwProblem(
          'not-found',
          `There is no webhook "${name}". Describe it in AGENTLIGHT_WEBHOOKS.`,
        );
      }
      return answer(c, services, translate(name, webhook, body), actor, true);
    },
  }),
];

function find({ webhooks }: Services, name: string): Webhook | undefined {
  return Object.hasOwn(webhooks, name) ? webhooks[name] : undefined;
}

function translateDelivery(event: string, delivery: string, body: unknown): WebhookTranslation {
  if (event === 'ping') return { ignored: 'The webhook works.' };
  if (!isGithubEvent(event)) return { ignored: `The event ${event.slice(0, 40)} is not used.` };
  const payload = check(GITHUB_PAYLOADS[event], body, 'body');
  return translateGithub({ event, payload } as GithubDelivery, delivery);
}

function translate(name: string, webhook: Webhook, body: unknown): WebhookTranslation {
  try {
    return translateWebhook(name, webhook, body);
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    const { message, pointer } = error;
    throwProblem('invalid-request', `${message}. Nothing was stored.`, { extra: { pointer } });
  }
}

async function answer(
  c: Context<Http>,
  services: Services,
  translation: WebhookTranslation,
  actor: Actor,
  keepsProfile: boolean,
): Promise<Response> {
  const result: DeliveryAnswer =
    'ignored' in translation
      ? translation
      : resultOrThrow(await recordDelivery(services, translation, actor, { keepsProfile }));
  return c.json(result, result.ignored === undefined ? 200 : 202);
}

/** @throws HttpProblem if the signature is not that of the body. */
async function checkSignature(c: Context<Http>, secret: string, name: string): Promise<void> {
  const error = signatureError(await c.get('body')(), secret, name, c.req.header(name));
  if (error !== undefined) throwProblem('invalid-signature', error);
}
