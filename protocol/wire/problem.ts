/**
 * Errors of the HTTP interface: `application/problem+json`, RFC 9457.
 *
 * `type` is stable and for programs; `detail` tells people what happened and what to do next.
 */

/** Every problem type, with its HTTP status and title. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not valid'],
  'invalid-json': [400, 'The body is not valid JSON'],
  'invalid-cursor': [400, 'The cursor is not valid'],
  'unauthorized': [401, 'A valid token is required'],
  'invalid-code': [401, 'The pairing code is not valid'],
  'invalid-signature': [401, 'The signature is not valid'],
  'forbidden': [403, 'The token does not allow this'],
  'not-owner': [403, 'The agent belongs to somebody else'],
  'foreign-origin': [403, 'Requests from web pages are not accepted'],
  'not-found': [404, 'There is no such resource'],
  'unknown-agent': [404, 'There is no such agent'],
  'unknown-run': [404, 'There is no such run'],
  'unknown-approval': [404, 'There is no such approval'],
  'method-not-allowed': [405, 'The method is not allowed'],
  'already-running': [409, 'The agent is already running'],
  'agent-offline': [409, 'The agent is not connected'],
  'queue-full': [409, 'Too many runs are queued'],
  'not-supported': [409, 'The agent does not support this'],
  'run-finished': [409, 'The run has already ended'],
  'illegal-transition': [409, 'The current state does not allow this'],
  'stale-connection': [409, 'A newer connection has replaced this one'],
  'approval-closed': [409, 'The approval is already closed'],
  'approval-changed': [409, 'The approval is for a different request'],
  'too-many-approvals': [409, 'The agent has too many open questions'],
  'agent-busy': [409, 'The agent is in use'],
  'id-reused': [409, 'The id is already used for something else'],
  'too-large': [413, 'The request is too large'],
  'unsupported-media-type': [415, 'The media type is not supported'],
  'misdirected-host': [421, 'The Host header does not name this service'],
  'rate-limited': [429, 'Too many requests'],
  'too-many-streams': [429, 'Too many open streams'],
  'internal': [500, 'An internal error occurred'],
  'unavailable': [503, 'The service is temporarily unavailable'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemType = keyof typeof PROBLEMS;

/** Limits of requests; a problem names the exceeded one in its member `limit`. */
export const PROBLEM_LIMITS = [
  'body_bytes',
  'batch_events',
  'event_size',
  'streams',
  'streams_per_token',
  'pairing_attempts',
] as const;

export type ProblemLimit = (typeof PROBLEM_LIMITS)[number];

/** A problem before it becomes a response. */
export interface Problem {
  readonly type: ProblemType;
  /** What happened and what to do next, in one or two sentences. */
  readonly detail: string;
  readonly limit?: ProblemLimit;
  /** Further members of the JSON object, such as `run` or `errors`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Value of the `Retry-After` header. */
  readonly retryAfterS?: number;
}

/** The JSON object of RFC 9457 as the service sends it. */
export interface ProblemBody {
  /** `/problems/<type>`; `GET` that path for a description. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly [member: string]: unknown;
}

const TYPE_PREFIX = '/problems/';

/** The response body of a problem. */
export function toProblemBody(problem: Problem): ProblemBody {
  const [status, title] = PROBLEMS[problem.type];
  const type = TYPE_PREFIX + problem.type;
  const { detail, limit, extra } = problem;
  return { ...extra, type, title, status, detail, ...(limit !== undefined && { limit }) };
}

/** The problem type of a response body; undefined if it is not a known one. */
export function problemTypeOf(body: unknown): ProblemType | undefined {
  if (typeof body !== 'object' || body === null || !('type' in body)) return undefined;
  const { type } = body;
  if (typeof type !== 'string' || !type.startsWith(TYPE_PREFIX)) return undefined;
  const name = type.slice(TYPE_PREFIX.length);
  return Object.hasOwn(PROBLEMS, name) ? (name as ProblemType) : undefined;
}
