import { isTemporary } from '../../../protocol/client/errors.ts';
import type { ProblemType } from '../../../protocol/wire/problem.ts';

/** Conflicts that go away when the other side has gone, or once the agents are registered anew. */
export const PASSING: ReadonlySet<ProblemType> = new Set(['unknown-agent', 'agent-busy']);

/** Whether a runner may be more lucky with the same request later. */
export function isPassing(error: unknown): boolean {
  return isTemporary(error, PASSING);
}
