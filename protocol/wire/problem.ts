/**
 * Errors as part of the interface: `application/problem+json`, RFC 9457.
 *
 * `type` is stable and made for programs; `detail` says what happened and what to do next, for people.
 */

/** Every problem that the service can answer, with its HTTP status and its title. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not valid'],
  'invalid-json': [400, 'The body is not valid JSON'],
  'invalid-cursor': [400, 'The cursor is not valid'],
  'unauthorized': [401, 'A valid token is needed'],
  'invalid-code': [401, 'The pairing code is not valid'],
  'invalid-signature': [401, 'The signature is not valid'],
  'forbidden': [403, 'The token does not allow this'],
  'not-owner': [403, 'The agent belongs to somebody else'],
  'foreign-origin': [403, 'Requests from web pages are not accepted'],
  'not-found': [404, 'There is nothing at this address'],
  'unknown-agent': [404, 'There is no such agent'],
  'unknown-run': [404, 'There is no such run'],
  'unknown-approval': [404, 'There is no such approval'],
  'method-not-allowed': [405, 'The method is not allowed here'],
  'already-running': [409, 'The agent is already running'],
  'agent-offline': [409, 'The agent is not connected'],
  'queue-full': [409, 'Too many runs wait in line'],
  'not-supported': [409, 'The agent cannot do this'],
  'run-finished': [409, 'The run is already finished'],
  'illegal-transition': [409, 'The run is not in a state that allows this'],
  'stale-connection': [409, 'The connection has been replaced by a newer one'],
  'approval-closed': [409, 'The approval has been answered or has ended'],
  'approval-changed': [409, 'The approval asks for something else'],
  'too-many-approvals': [409, 'The agent waits for too many answers'],
  'agent-busy': [409, 'The agent is in use'],
  'id-reused': [409, 'The id was used before for something else'],
  'too-large': [413, 'The request is too large'],
  'unsupported-media-type': [415, 'The media type is not supported'],
  'misdirected-host': [421, 'The Host header is not one of this service'],
  'rate-limited': [429, 'Too many requests'],
  'too-many-streams': [429, 'Too many open streams'],
  'internal': [500, 'Something went wrong inside the service'],
  'unavailable': [503, 'The service cannot do this right now'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemType = keyof typeof PROBLEMS;

/** What there can be too much of; a problem names the one that was met as its member `limit`. */
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
  /** `/problems/<type>`; the service answers that path with a description. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly [member: string]: unknown;
}

const TYPE_PREFIX = '/problems/';

export function toProblemBody(problem: Problem): ProblemBody {
  const [status, title] = PROBLEMS[problem.type];
  const type = TYPE_PREFIX + problem.type;
  const { detail, limit, extra } = problem;
  return { ...extra, type, title, status, detail, ...(limit !== undefined && { limit }) };
}

/** The stable type of a body that a service sent; undefined when it is not one of ours. */
export function problemTypeOf(body: unknown): ProblemType | undefined {
  if (typeof body !== 'object' || body === null || !('type' in body)) return undefined;
  const { type } = body;
  if (typeof type !== 'string' || !type.startsWith(TYPE_PREFIX)) return undefined;
  const name = type.slice(TYPE_PREFIX.length);
  return Object.hasOwn(PROBLEMS, name) ? (name as ProblemType) : undefined;
}
