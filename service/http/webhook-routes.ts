/** Webhooks: of GitHub, and of whatever else the configuration knows how to read. */
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Actor } from '../../protocol/decide/command.ts';
import type { DeliveryAnswer } from '../../protocol/wire/messages.ts';
import type { WebhookTranslation } from '../adapters/webhooks/delivery.ts';
import { translateGithub, type GithubTold } from '../adapters/github/meaning.ts';
import { GITHUB_PAYLOADS, isGithubEvent } from '../adapters/github/payload.ts';
import type { Webhook } from '../adapters/webhooks/webhook-config.ts';
import { WebhookError, translateWebhook } from '../adapters/webhooks/webhook.ts';
import type { Http, Services } from './context.ts';
import { recordDelivery } from './deliveries.ts';
import { requireScope } from './guards.ts';
import { check, parseJson, readJson, requireJson } from './input.ts';
import { refuse } from './problem-error.ts';
import { checkSignature } from './signature.ts';

const SIGNATURE = 'X-Hub-Signature-256';

/** Those that need no token, as they sign what they send. */
export function signedRoutes(services: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.post('/hooks/github', async (c) => {
    const { githubSecret } = services.config;
    if (githubSecret === undefined) {
      refuse(
        'not-found',
        'Webhooks of GitHub are switched off. Set AGENTLIGHT_GITHUB_SECRET, here and as the secret of the webhook; see docs/integrations.md.',
      );
    }
    const body = await c.get('body')();
    checkSignature(body, githubSecret, SIGNATURE, c.req.header(SIGNATURE));
    requireJson(c);
    const meaning = readGithub(c, parseJson(body.toString()));
    return answer(c, services, meaning, { user: 'github', scopes: ['report'] });
  });

  routes.post('/hooks/:name', async (c, next) => {
    const name = c.req.param('name');
    const webhook = find(services, name);
    const signature = webhook && c.req.header(webhook.signatureHeader);
    if (webhook?.secret === undefined || signature === undefined) return next();
    const body = await c.get('body')();
    checkSignature(body, webhook.secret, webhook.signatureHeader, signature);
    requireJson(c);
    const meaning = readWebhook(name, webhook, parseJson(body.toString()));
    // no token can be of this user
    return answer(c, services, meaning, { user: `webhook:${name}`, scopes: ['report'] }, true);
  });

  return routes;
}

/** Those that show a token. */
export function webhookRoutes(services: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.post('/hooks/:name', requireScope('report'), async (c) => {
    const name = c.req.param('name');
    const webhook = find(services, name);
    if (!webhook) {
      refuse('not-found', `There is no webhook "${name}". Describe it in AGENTLIGHT_WEBHOOKS.`);
    }
    const meaning = readWebhook(name, webhook, await readJson(c));
    return answer(c, services, meaning, c.get('actor'), true);
  });

  return routes;
}

function find({ webhooks }: Services, name: string): Webhook | undefined {
  return Object.hasOwn(webhooks, name) ? webhooks[name] : undefined;
}

function readGithub(c: Context, body: unknown): WebhookTranslation {
  const event = c.req.header('X-GitHub-Event');
  const delivery = c.req.header('X-GitHub-Delivery');
  if (event === undefined || delivery === undefined) {
    refuse('invalid-request', 'GitHub sends the headers X-GitHub-Event and X-GitHub-Delivery.');
  }
  if (event === 'ping') return { ignored: 'The webhook works.' };
  if (!isGithubEvent(event)) return { ignored: `The event ${event.slice(0, 40)} means nothing.` };
  const payload = check(GITHUB_PAYLOADS[event], body, 'body');
  return translateGithub({ event, payload } as GithubTold, delivery);
}

function readWebhook(name: string, webhook: Webhook, body: unknown): WebhookTranslation {
  try {
    return translateWebhook(name, webhook, body);
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    const { message, pointer } = error;
    return refuse('invalid-request', `${message}. Nothing was stored.`, { extra: { pointer } });
  }
}

/** @param keepsProfile of an agent that somebody else has described. */
async function answer(
  c: Context<Http>,
  services: Services,
  meaning: WebhookTranslation,
  actor: Actor,
  keepsProfile = false,
): Promise<Response> {
  if ('ignored' in meaning) return c.json(meaning satisfies DeliveryAnswer, 202);
  const taken = await recordDelivery(services, meaning, actor, { keepsProfile });
  return c.json(taken, taken.ignored === undefined ? 200 : 202);
}
