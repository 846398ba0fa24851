/** Stores what a webhook delivery reports, as far as it still fits. */
import type { Actor, ReportedEvent } from '../../protocol/decide/command.ts';
import type { ProblemType } from '../../protocol/wire/problem.ts';
import type { DeliveryAnswer } from '../../protocol/wire/messages.ts';
import type { WebhookDelivery } from '../adapters/webhooks/delivery.ts';
import { readByIds } from '../log/store.ts';
import { register, report, withdrawAnswered } from './append.ts';
import type { Services } from './context.ts';
import { HttpProblem } from './problem.ts';

/** Refusals of events that a later delivery has overtaken, or that were reported before in other words. */
const OVERTAKEN: readonly ProblemType[] = [
  'illegal-transition',
  'run-finished',
  'unknown-run',
  'id-reused',
  'too-many-approvals',
];

/**
 * @param keepsProfile whether an agent that exists keeps its profile; if not, the delivery replaces it.
 * @throws HttpProblem if the service cannot store it now, or the agent belongs to somebody else.
 */
export async function recordDelivery(
  services: Services,
  { agent, run, groups, outdatedBy = [], over = [] }: WebhookDelivery,
  actor: Actor,
  { keepsProfile }: { readonly keepsProfile: boolean },
): Promise<DeliveryAnswer> {
  if (outdatedBy.length > 0 && (await readByIds(services.sql, outdatedBy)).length > 0) {
    return { ignored: 'A later delivery has already arrived.' };
  }
  const exists = services.log.fleet.agents[agent.id] !== undefined;
  if (!exists || !keepsProfile) await register(services, agent, actor);
  await withdrawAnswered(services, agent.id, ({ id }) => over.includes(id));
  const events = groups.map((group) =>
    group.map((event): ReportedEvent => ({ ...event, agent: agent.id, run })),
  );
  // nearly always everything fits; otherwise each group is tried alone
  if (!(await reportIfItFits(services, events.flat(), actor))) {
    for (const group of events) await reportIfItFits(services, group, actor);
  }
  return { agent: agent.id, run };
}

/** @returns false if a later delivery has overtaken the events. */
async function reportIfItFits(
  services: Services,
  events: readonly ReportedEvent[],
  actor: Actor,
): Promise<boolean> {
  if (events.length === 0) return true;
  const { problem } = await report(services, events, actor);
  if (problem && !OVERTAKEN.includes(problem.type)) throw new HttpProblem(problem);
  return problem === undefined;
}
