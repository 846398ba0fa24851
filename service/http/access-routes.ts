/** Pairing codes and tokens. */
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { uuidSchema } from '../../protocol/wire/ids.ts';
import type { PairAnswer } from '../../protocol/wire/messages.ts';
import { pairRequestSchema, SCOPES } from '../../protocol/wire/messages.ts';
import type { Http, Services } from './context.ts';
import { requireScope } from './guards.ts';
import { check, readBody } from './input.ts';
import { refuse } from './problem-error.ts';

/** How a token is listed; no control characters (PostgreSQL takes no NUL). */
const labelSchema = z
  .string()
  .check(z.maxLength(80), z.regex(/^\P{Cc}*$/u, 'must have no control characters'));

export const pairSchema = z.extend(pairRequestSchema, { label: z.optional(labelSchema) });

export const newTokenSchema = z.strictObject({
  user: z
    .string()
    .check(z.regex(/^[a-z0-9][a-z0-9._@-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, . _ @ -')),
  scopes: z.array(z.enum(SCOPES)).check(z.minLength(1)),
  label: z._default(labelSchema, ''),
});

/** The only route under /v1 that needs no token: it is how one is got. */
export function pairRoute({ pairing, log, version }: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.post('/v1/pair', async (c) => {
    const { code, label } = await readBody(c, pairSchema);
    const redeemed = await pairing.redeem(code, label ?? 'paired');
    if (redeemed.kind === 'too-many') {
      refuse('rate-limited', 'Too many codes were tried. Wait a minute, then try again.', {
        limit: 'pairing_attempts',
        retryAfterS: redeemed.retryAfterS,
      });
    }
    if (redeemed.kind === 'invalid') {
      refuse(
        'invalid-code',
        'The code is wrong, used or too old. Get a new one in the terminal: agentlight pair',
      );
    }
    const { token, user } = redeemed;
    const service = { name: 'agentlight' as const, version, epoch: log.epoch };
    const answer: PairAnswer = { token, user, service };
    return c.json(answer);
  });

  return routes;
}

export function accessRoutes({ pairing, tokens }: Services): Hono<Http> {
  const routes = new Hono<Http>();

  routes.post('/pairing-codes', requireScope('operate'), async (c) => {
    return c.json(await pairing.offer(c.get('actor').user), 201);
  });

  routes.get('/tokens', requireScope('admin'), async (c) =>
    c.json({ tokens: await tokens.list() }),
  );

  routes.post('/tokens', requireScope('admin'), async (c) => {
    const wanted = await readBody(c, newTokenSchema);
    const { id, token } = await tokens.create(wanted);
    return c.json({ id, token, user: wanted.user, scopes: wanted.scopes }, 201);
  });

  routes.delete('/tokens/:id', requireScope('admin'), async (c) => {
    const id = check(uuidSchema, c.req.param('id'), 'path.id');
    if (!(await tokens.revoke(id))) refuse('not-found', `There is no valid token ${id}.`);
    return c.body(null, 204);
  });

  return routes;
}
