/** Errors of the interface, as `application/problem+json` (RFC 9457). */
import type { Problem } from '../../protocol/wire/problem.ts';
import { PROBLEMS, toProblemBody } from '../../protocol/wire/problem.ts';

/** Ends a request with a problem; the app turns it into the response. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** @throws HttpProblem always. */
export function throwProblem(
  type: Problem['type'],
  detail: string,
  more?: Omit<Problem, 'type' | 'detail'>,
): never {
  throw new HttpProblem({ type, detail, ...more });
}

/** The result of a command that may be refused. @throws HttpProblem if it was. */
export function resultOrThrow<T extends { readonly problem?: Problem }>(
  result: T,
): Exclude<T, { readonly problem: Problem }> {
  if (result.problem) throw new HttpProblem(result.problem);
  return result as Exclude<T, { readonly problem: Problem }>;
}

export function problemResponse(problem: Problem): Response {
  const [status] = PROBLEMS[problem.type];
  const headers = new Headers({
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  });
  // RFC 9110 requires it on every 401, also where a signature is missing
  if (status === 401) headers.set('WWW-Authenticate', 'Bearer realm="agentlight"');
  if (problem.retryAfterS !== undefined) headers.set('Retry-After', String(problem.retryAfterS));
  return new Response(JSON.stringify(toProblemBody(problem)), { status, headers });
}
