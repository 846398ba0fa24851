/** What can go wrong between a client and the service. */
import type { ProblemType } from '../../../protocol/wire/problem.ts';

export interface ProblemErrorOptions {
  /** Stable name; `undefined` when the answer is not one of Agentlight's (a proxy, another program). */
  readonly type: ProblemType | undefined;
  readonly status: number;
  /** What happened and what to do, for people. */
  readonly detail: string;
  /** The other members of the problem, such as `index` or `run`. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** From `Retry-After`. */
  readonly retryAfterMs: number | undefined;
}

/** The service answered, and said no. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly type: ProblemType | undefined;
  readonly status: number;
  readonly detail: string;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number | undefined;

  constructor({ type, status, detail, extra, retryAfterMs }: ProblemErrorOptions) {
    super(detail);
    this.type = type;
    this.status = status;
    this.detail = detail;
    this.extra = extra;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came: refused, reset, not resolved, timed out, silent. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Conflicts that go away when the other side has gone, or once the agents are registered anew. */
const PASSING: ReadonlySet<ProblemType | undefined> = new Set<ProblemType>([
  'unknown-agent',
  'agent-busy',
]);

/** Whether the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  if (!(error instanceof ProblemError)) return false;
  // an answer that is not ours comes from a proxy in front of a service that is down
  if (error.type === undefined && error.status !== 401 && error.status !== 403) return true;
  return (
    error.status >= 500 || error.status === 408 || error.status === 429 || PASSING.has(error.type)
  );
}

/** Whether the token itself is the trouble. */
export function isTokenRefused(error: unknown): error is ProblemError {
  if (!(error instanceof ProblemError)) return false;
  return (
    error.status === 401 ||
    error.type === 'forbidden' ||
    (error.type === undefined && error.status === 403)
  );
}
