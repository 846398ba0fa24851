/** What went wrong between us and a service, as a reason that a page can put into words. */
import { t } from '../i18n/common.ts';
import { hasAccess } from './access.ts';
import { problemTypeOf } from '../../protocol/wire/problem.ts';
import type { Refusal } from '../shared/messages.ts';
import type { ConnectionErrorKind } from '../shared/view.ts';

/** No answer that can be used: the connection itself is in trouble. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly trouble: ConnectionErrorKind;
  readonly retryAfterMs: number | undefined;

  constructor(
    trouble: ConnectionErrorKind,
    message: string,
    options: { retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
    this.trouble = trouble;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The service answered, and said no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly type: string;

  constructor(type: string, detail: string) {
    super(detail);
    this.type = type;
  }
}

/** `fetch` tells nobody why it failed; whether we may, and whether there is a network, is all that can be found out. */
export async function networkError(url: string): Promise<ConnectionError> {
  const { hostname, host, protocol, origin } = new URL(url);
  if (!(await hasAccess(url))) {
    return new ConnectionError('no-access', t('refused.no-access', { host }));
  }
  const isLoopback = hostname === 'localhost' || hostname === '127.0.0.1';
  if (!navigator.onLine && !isLoopback) {
    return new ConnectionError('no-network', t('refused.no-network'));
  }
  // browsers don't tell extensions about certificates, but they show people what is wrong with one
  const words =
    protocol === 'https:'
      ? t('refused.untrusted', { host, origin })
      : t('refused.unreachable', { host });
  return new ConnectionError('unreachable', words);
}

/** @returns a ConnectionError for what concerns every request, else a RefusedError. */
export async function errorOf(response: Response): Promise<ConnectionError | RefusedError> {
  const body = await readJson(response);
  const type = problemTypeOf(body);
  const detail = detailOf(body);
  if (type === undefined) return unknownAnswer(response);
  switch (type) {
    case 'unauthorized':
      return new ConnectionError('unauthorized', detail);
    case 'rate-limited':
    case 'too-many-streams':
      return new ConnectionError('rate-limited', detail, { retryAfterMs: retryAfterMs(response) });
    case 'unavailable':
    case 'internal':
      return new ConnectionError('unavailable', detail, { retryAfterMs: retryAfterMs(response) });
    default:
      return new RefusedError(type, detail);
  }
}

export function toRefusal(error: unknown): Refusal {
  if (error instanceof ConnectionError) return { type: error.trouble, detail: error.message };
  if (error instanceof RefusedError) return { type: error.type, detail: error.message };
  return { type: 'internal', detail: error instanceof Error ? error.message : String(error) };
}

function unknownAnswer({ status, url }: Response): ConnectionError {
  const { host } = new URL(url);
  // a proxy in front of a service that is down
  if (status >= 502 && status <= 504) {
    const words = t('refused.unavailable', { host, status: String(status) });
    return new ConnectionError('unavailable', words);
  }
  return new ConnectionError('not-agentlight', t('refused.http', { host, status: String(status) }));
}

/** JSON of the body; undefined when it is none. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch {
    return undefined;
  }
}

function detailOf(body: unknown): string {
  const { detail } = body as { detail?: unknown };
  return typeof detail === 'string' ? detail : t('refused.no-reason');
}

/** Of the form in seconds (RFC 9110, 10.2.3), which is the one that the service uses. */
function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
