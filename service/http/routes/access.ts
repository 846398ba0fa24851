/** Pairing codes and tokens. */
import * as z from 'zod/mini';
import { pairRequestSchema, SCOPES } from '../../../protocol/wire/messages.ts';
import { throwProblem } from '../problem.ts';
import { jsonAnswer, jsonBody, NO_CONTENT, route, uuidPath } from '../route.ts';

/** PostgreSQL cannot store NUL, and a list of tokens should not show other control characters. */
const label = z
  .string()
  .check(z.maxLength(80), z.regex(/^\P{Cc}*$/u, 'must have no control characters'));

const pairBody = z.extend(pairRequestSchema, { label: z.optional(label) });
const tokenBody = z.strictObject({
  user: z
    .string()
    .check(z.regex(/^[a-z0-9][a-z0-9._@-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9, . _ @ -')),
  scopes: z.array(z.enum(SCOPES)).check(z.minLength(1)),
  label: z._default(label, ''),
});

export const accessRoutes = [
  route({
    id: 'pair',
    at: 'POST /v1/pair',
    summary: 'Exchange a pairing code for a token',
    scopes: [],
    body: jsonBody(pairBody, { code: 'ABCD-EFGH', label: 'Chrome on laptop' }),
    answers: { 200: jsonAnswer('PairAnswer', 'The token, which is not shown again.') },
    problems: ['invalid-code', 'rate-limited'],
    async handle({ body }, { pairing, log, version }) {
      const redeemed = await pairing.redeem(body.code, body.label ?? 'paired');
      if (redeemed.kind === 'too-many') {
        throwProblem('rate-limited', 'Too many wrong codes. Wait a minute, then try again.', {
          limit: 'pairing_attempts',
          retryAfterS: redeemed.retryAfterS,
        });
      }
      if (redeemed.kind === 'invalid') {
        const detail = 'The code is wrong, used or expired. Get a new one with: agentlight pair';
        throwProblem('invalid-code', detail);
      }
      const { token, user } = redeemed;
      return { token, user, service: { name: 'agentlight', version, epoch: log.epoch } };
    },
  }),
  route({
    id: 'offerPairing',
    at: 'POST /v1/pairing-codes',
    summary: 'Create a pairing code',
    scopes: ['operate'],
    answers: { 201: jsonAnswer('PairingCode', 'The code, which works once.') },
    handle: ({ actor }, { pairing }) => pairing.offer(actor.user),
  }),
  route({
    id: 'listTokens',
    at: 'GET /v1/tokens',
    summary: 'List all tokens, without their secrets',
    scopes: ['admin'],
    answers: { 200: jsonAnswer('Tokens', 'Oldest first.') },
    handle: async (_input, { tokens }) => ({ tokens: await tokens.list() }),
  }),
  route({
    id: 'createToken',
    at: 'POST /v1/tokens',
    summary: 'Create a token',
    scopes: ['admin'],
    body: jsonBody(tokenBody, { user: 'mira', scopes: ['read'], label: 'status page' }),
    answers: { 201: jsonAnswer('NewToken', 'The token, which is not shown again.') },
    async handle({ body }, { tokens }) {
      const { user, scopes } = body;
      return { ...(await tokens.create(body)), user, scopes };
    },
  }),
  route({
    id: 'revokeToken',
    at: 'DELETE /v1/tokens/:id',
    summary: 'Revoke a token and end its streams',
    scopes: ['admin'],
    params: uuidPath,
    answers: { 204: NO_CONTENT },
    problems: ['not-found'],
    async handle({ params: { id } }, { tokens }) {
      if (!(await tokens.revoke(id))) throwProblem('not-found', `There is no valid token ${id}.`);
    },
  }),
];
