/** `application/problem+json` (RFC 9457). */
import type { Problem } from '../../protocol/wire/problem.ts';
import { PROBLEMS, toProblemBody } from '../../protocol/wire/problem.ts';

export function problemResponse(problem: Problem): Response {
  const [status] = PROBLEMS[problem.type];
  const headers = new Headers({
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  });
  // every 401 must name a way in, also where a signature is what is missing (RFC 9110)
  if (status === 401) headers.set('WWW-Authenticate', 'Bearer realm="agentlight"');
  if (problem.retryAfterS !== undefined) headers.set('Retry-After', String(problem.retryAfterS));
  return new Response(JSON.stringify(toProblemBody(problem)), { status, headers });
}
