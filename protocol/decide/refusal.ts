/** Refusals that several decisions share. */
import type { Actor } from './command.ts';
import type { Agent, Run } from '../fleet/fleet.ts';
import type { Problem, ProblemType } from '../wire/problem.ts';

/** Only an agent's owner, or an administrator, changes it or gives it work. */
export function refuseStranger(agent: Agent, actor: Actor): { problem: Problem } | undefined {
  if (agent.owner === actor.user || actor.scopes.includes('admin')) return undefined;
  return refuse('not-owner', `"${agent.id}" belongs to ${agent.owner}; ask them.`);
}

export function unknownAgent(id: string): { problem: Problem } {
  return refuse(
    'unknown-agent',
    `There is no agent "${id}". Register it first (PUT /v1/agents/${id}).`,
  );
}

export function runFinished(run: Run): { problem: Problem } {
  return refuse('run-finished', `Run ${run.id} has already ${run.status}.`, { run: run.id });
}

export function refuse(
  type: ProblemType,
  detail: string,
  extra?: Readonly<Record<string, unknown>>,
): { problem: Problem } {
  return { problem: { type, detail, ...(extra && { extra }) } };
}
