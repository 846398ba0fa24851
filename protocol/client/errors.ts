/** What can go wrong between a client and a service: one class, with a reason that programs can act on. */
import type { ProblemBody, ProblemType } from '../wire/problem.ts';
import { problemTypeOf } from '../wire/problem.ts';

/** Each reason, and what it means. */
export const CONNECTION_ERRORS = {
  'no-network': 'This machine has no network. Only a `fetch` that knows this reports it.',
  'no-access':
    'The browser gives no access to the address. Only a `fetch` that knows this reports it.',
  'unreachable': 'Nothing answers at the address, or the connection broke.',
  'redirected':
    'The address redirects to another one. Redirects are not followed: they would get the token.',
  'not-agentlight': 'The answer is not one of Agentlight: a proxy, or another program.',
  'older-service': 'The service speaks an older version of the protocol.',
  'newer-service': 'The service speaks a newer version of the protocol.',
  'unavailable': 'The service is failing, starting or stopping.',
  'rate-limited': 'The service asks for fewer requests.',
  'silent': 'The stream fell silent for longer than its heartbeats allow.',
  'unauthorized': 'The token is not valid, or was revoked.',
  'forbidden': 'The token does not allow this.',
  'refused': 'The service refuses this request for the reason in `type`.',
  'replaced': 'A newer connection of the same runner has taken over.',
} as const;

export type ConnectionErrorKind = keyof typeof CONNECTION_ERRORS;

export interface ServiceErrorOptions {
  /** Address of the service. */
  readonly url?: string | undefined;
  /** HTTP status, if there was an answer. */
  readonly status?: number | undefined;
  /** Of the problem that the service answered with. */
  readonly type?: ProblemType | undefined;
  /** The other members of the problem, such as `index` or `run`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The service asks for no other try before this time has passed. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** `message` says in English what happened and what to do. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly kind: ConnectionErrorKind;
  readonly url: string | undefined;
  readonly status: number | undefined;
  readonly type: ProblemType | undefined;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number | undefined;

  constructor(kind: ConnectionErrorKind, message: string, options: ServiceErrorOptions = {}) {
    const { url, status, type, extra = {}, retryAfterMs, cause } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.url = url;
    this.status = status;
    this.type = type;
    this.extra = extra;
    this.retryAfterMs = retryAfterMs;
  }
}

const PERMANENT: ReadonlySet<ConnectionErrorKind> = new Set([
  'no-access',
  'unauthorized',
  'forbidden',
  'refused',
  'replaced',
]);
/** Refusals that pass: the other side goes, a runner registers its agents anew, a stream begins from the start. */
const TEMPORARY: ReadonlySet<ProblemType | undefined> = new Set<ProblemType>([
  'agent-busy',
  'unknown-agent',
  'invalid-cursor',
]);

/** Whether the same may succeed later by itself. */
export function isTemporary(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  return !PERMANENT.has(error.kind) || TEMPORARY.has(error.type);
}

/** Whether the token itself is refused. */
export function isTokenRefused(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  return error.kind === 'unauthorized' || error.kind === 'forbidden';
}

/** Problems that are not about the one request. */
const KINDS: Partial<Record<ProblemType, ConnectionErrorKind>> = {
  'unauthorized': 'unauthorized',
  'forbidden': 'forbidden',
  'rate-limited': 'rate-limited',
  'too-many-streams': 'rate-limited',
  'unavailable': 'unavailable',
  'internal': 'unavailable',
};

/** @param url of the service. @param text body of an answer that is not `ok`. @param nowMs epoch milliseconds. */
export function errorOfAnswer(
  url: string,
  { status, headers }: Response,
  text: string,
  nowMs: number,
): ServiceError {
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), nowMs);
  const body = parseJson(text);
  const type = problemTypeOf(body);
  if (type === undefined) {
    // a proxy in front of a service that is down
    const kind = status >= 502 && status <= 504 ? 'unavailable' : 'not-agentlight';
    const message = `${url} answered ${status}, which is not how Agentlight answers.`;
    return new ServiceError(kind, message, { url, status, retryAfterMs });
  }
  const { type: _type, title, status: _status, detail, ...extra } = body as ProblemBody;
  const options = { url, status, type, extra, retryAfterMs };
  return new ServiceError(KINDS[type] ?? 'refused', detail ?? title, options);
}

export function notAgentlight(url: string): ServiceError {
  return new ServiceError('not-agentlight', `What answers at ${url} is not Agentlight.`, { url });
}

/** Why a request got no answer, in a few words. The codes are those of Node; browsers tell nothing. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'it took too long';
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND') return 'there is no such host';
  return cause instanceof Error && cause.message !== '' ? cause.message : String(code ?? cause);
}

/** A longer one is a mistake of somebody's clock. */
const LONGEST_WAIT_MS = 86_400_000;

/** Both forms of RFC 9110, 10.2.3: seconds, and an HTTP date. Undefined for anything else. */
export function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const isDate = header.endsWith(' GMT');
  const ms = isDate ? Date.parse(header) - nowMs : Number(/^\d+$/.exec(header)?.[0]) * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_WAIT_MS);
}

/** Undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
