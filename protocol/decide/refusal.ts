/** Problems that several decisions share. */
import type { Actor } from './command.ts';
import type { Agent, FinalStatus } from '../fleet/fleet.ts';
import type { Problem, ProblemType } from '../wire/problem.ts';

/** Only the owner of an agent and administrators may change it or request its runs. */
export function refuseNonOwner(agent: Agent, actor: Actor): { problem: Problem } | undefined {
  if (agent.owner === actor.user || actor.scopes.includes('admin')) return undefined;
  return rejectCommand(
    'not-owner',
    `"${agent.id}" belongs to ${agent.owner}. Only the owner or an administrator can do this.`,
  );
}

/** The problem of an agent id that is not registered. */
export function unknownAgent(id: string): { problem: Problem } {
  return rejectCommand(
    'unknown-agent',
    `There is no agent "${id}". Register it first (PUT /v1/agents/${id}).`,
  );
}

/** The problem of a change to a run that has ended. */
export function runFinished(run: string, status: FinalStatus): { problem: Problem } {
  const ended = status === 'cancelled' ? 'been cancelled' : status;
  return rejectCommand('run-finished', `Run ${run} has already ${ended}.`, { run });
}

/** A decision that is a problem. @param extra further members of the response body. */
export function rejectCommand(
  type: ProblemType,
  detail: string,
  extra?: Readonly<Record<string, unknown>>,
): { problem: Problem } {
  return { problem: { type, detail, ...(extra && { extra }) } };
}
