/** Thrown inside a request where it can't go on; becomes the response in one place. */
import type { Problem } from '../../protocol/wire/problem.ts';

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** @throws ProblemError always; reads well after `??`. */
export function refuse(
  type: Problem['type'],
  detail: string,
  extra?: Omit<Problem, 'type' | 'detail'>,
): never {
  throw new ProblemError({ type, detail, ...extra });
}
