/**
 * What every request must pass before anything else looks at it.
 */
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Actor } from '../../protocol/decide/command.ts';
import type { Scope } from '../../protocol/wire/messages.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Http } from './context.ts';
import { refuse } from './problem-error.ts';

/** What the guards leave for the routes. */
export interface Authenticated {
  Variables: {
    actor: Actor;
    /** Id of the token. */
    token: string;
    /** Reads the body as it came, no more of it than is allowed. */
    body: () => Promise<Buffer>;
  };
}

/**
 * Refuses a `Host` that is not ours: a web page that makes its own name resolve to this machine (DNS
 * rebinding) still sends that name.
 */
export function guardHost(names: readonly string[]): MiddlewareHandler {
  const allowed = new Set(['localhost', '127.0.0.1', '[::1]', ...names.map(asInHost)]);
  return createMiddleware(async (c, next) => {
    const name = hostName(c.req.header('host') ?? '');
    if (!allowed.has(name)) {
      refuse(
        'misdirected-host',
        `This service does not answer to the host name "${name}". If that name is right, add it to AGENTLIGHT_ALLOWED_HOSTS.`,
      );
    }
    await next();
  });
}

/** An address as a `Host` header has it: IPv6 in brackets. */
function asInHost(name: string): string {
  const bracketed = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return bracketed.toLowerCase();
}

/** Without the port, in lower case. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/**
 * Refuses web pages, except those of the given origins, which may read. Extensions and programs pass: their proof
 * is the token.
 */
export function guardOrigin(allowed: readonly string[]): MiddlewareHandler<Http> {
  return createMiddleware<Http>(async (c, next) => {
    // on the raw response, as streams and problems need it, too; also where no page asks, for caches
    if (allowed.length > 0) c.env.outgoing.setHeader('Vary', 'Origin');
    const origin = c.req.header('origin');
    if (origin === undefined || /^(chrome|moz)-extension:\/\/[a-z0-9-]+$/.test(origin))
      return next();
    const isReading = ['GET', 'HEAD', 'OPTIONS'].includes(c.req.method);
    if (!allowed.includes(origin) || !isReading) {
      refuse(
        'foreign-origin',
        `Requests from the web page ${origin} are not accepted. Use the extension, or a program; to let its pages read, add it to AGENTLIGHT_ALLOWED_ORIGINS.`,
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
 * Finds out who asks, from `Authorization: Bearer …` (RFC 6750). `EventSource` can't send that, so the stream takes
 * `?token=` as well, of tokens that can do nothing but read: addresses end up in logs and histories.
 * @param how `findOrRecall` for what must be told even when the database does not answer.
 */
export function authenticate(
  tokens: Tokens,
  how: 'find' | 'findOrRecall' = 'find',
): MiddlewareHandler<Authenticated> {
  return createMiddleware<Authenticated>(async (c, next) => {
    const header = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1];
    const token = header ?? (c.req.path === '/v1/stream' ? c.req.query('token') : undefined);
    if (token === undefined) {
      refuse('unauthorized', 'Send the header "Authorization: Bearer <token>".');
    }
    const found = await tokens[how](token);
    if (!found) {
      refuse(
        'unauthorized',
        'The token is unknown or was revoked. Pair again, or use another one.',
      );
    }
    if (header === undefined && found.actor.scopes.join() !== 'read') {
      refuse(
        'forbidden',
        'An address takes only a token that can do nothing but read. Make one with: agentlight token create --user <name> --scope read',
      );
    }
    c.set('actor', found.actor);
    c.set('token', found.id);
    await next();
  });
}

/** Needs one of the scopes; `admin` includes them all. */
export function requireScope(...scopes: readonly Scope[]): MiddlewareHandler<Authenticated> {
  return createMiddleware<Authenticated>(async (c, next) => {
    const has = c.get('actor').scopes;
    if (!has.includes('admin') && !scopes.some((scope) => has.includes(scope))) {
      refuse('forbidden', `This needs a token with the scope ${scopes.join(' or ')}.`);
    }
    await next();
  });
}
