/** What every request must pass before its input is read. */
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Http, Services } from './context.ts';
import { throwProblem } from './problem.ts';
import type { Route } from './route.ts';

/**
 * Refuses requests for another `Host`: a web page that makes its own name resolve to this machine (DNS rebinding) still
 * sends that name.
 */
export function guardHost(names: readonly string[]): MiddlewareHandler {
  const allowed = new Set(['localhost', '127.0.0.1', '[::1]', ...names.map(asInHost)]);
  return createMiddleware(async (c, next) => {
    const name = (c.req.header('host') ?? '').toLowerCase().replace(/:\d+$/, '');
    if (!allowed.has(name)) {
      throwProblem(
        'misdirected-host',
        `This service does not serve the host name "${name}". If the name is right, add it to AGENTLIGHT_ALLOWED_HOSTS.`,
      );
    }
    await next();
  });
}

/** An address as it stands in a `Host` header: IPv6 in brackets. */
function asInHost(name: string): string {
  const bracketed = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return bracketed.toLowerCase();
}

/** Refuses web pages, except that those of the given origins may read. Extensions and programs prove themselves by token. */
export function guardOrigin(allowed: readonly string[]): MiddlewareHandler<Http> {
  return createMiddleware<Http>(async (c, next) => {
    // on the raw response, because streams and problems need it too; on every response, because caches do
    if (allowed.length > 0) c.env.outgoing.setHeader('Vary', 'Origin');
    const origin = c.req.header('origin');
    if (origin === undefined || /^(chrome|moz)-extension:\/\/[a-z0-9-]+$/.test(origin))
      return next();
    const isReading = ['GET', 'HEAD', 'OPTIONS'].includes(c.req.method);
    if (!allowed.includes(origin) || !isReading) {
      throwProblem(
        'foreign-origin',
        `Requests from the web page ${origin} are refused. Use the extension or a program. To let the page read, add it to AGENTLIGHT_ALLOWED_ORIGINS.`,
      );
    }
    c.env.outgoing.setHeader('Access-Control-Allow-Origin', origin);
    if (c.req.method !== 'OPTIONS') return next();
    return c.body(null, 204, {
      'Access-Control-Allow-Methods': 'GET',
      'Access-Control-Allow-Headers': 'Authorization, Last-Event-ID',
      'Access-Control-Max-Age': '600',
    });
  });
}

/**
 * Lets a request pass whose signature or token allows the route.
 *
 * @throws HttpProblem
 */
export async function authorize(route: Route, c: Context<Http>, services: Services): Promise<void> {
  const signer = await route.signer?.(c, services);
  if (signer) return c.set('actor', signer);
  const { scopes } = route;
  if (scopes.length === 0) return;
  await authenticate(c, services, route);
  const has = c.get('actor').scopes;
  if (!has.includes('admin') && !scopes.some((scope) => has.includes(scope))) {
    throwProblem('forbidden', `This needs a token with the scope ${scopes.join(' or ')}.`);
  }
}

/**
 * Sets the actor from `Authorization: Bearer …` (RFC 6750). `EventSource` cannot send that header, so a route may accept
 * `?token=` as well, but only of tokens limited to reading: URLs end up in logs and histories.
 *
 * @throws HttpProblem
 */
export async function authenticate(
  c: Context<Http>,
  { tokens }: Services,
  { takesTokenInQuery, worksWithoutDatabase }: Partial<Route> = {},
): Promise<void> {
  const header = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const token = header ?? (takesTokenInQuery ? c.req.query('token') : undefined);
  if (token === undefined) {
    throwProblem('unauthorized', 'Send the header "Authorization: Bearer <token>".');
  }
  const found = await (worksWithoutDatabase ? tokens.findOrRecall(token) : tokens.find(token));
  if (!found) {
    throwProblem(
      'unauthorized',
      'The token is unknown or was revoked. Pair again, or use another token.',
    );
  }
  if (header === undefined && found.actor.scopes.join() !== 'read') {
    throwProblem(
      'forbidden',
      'A token in the URL may have no scope but read. Create one with: agentlight token create --user <name> --scope read',
    );
  }
  c.set('actor', found.actor);
  c.set('token', found.id);
}
