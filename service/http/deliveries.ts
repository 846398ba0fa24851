/** What webhooks tell, put into the log as far as it fits. */
import type { Actor, ReportedEvent } from '../../protocol/decide/command.ts';
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { Problem, ProblemType } from '../../protocol/wire/problem.ts';
import type { DeliveryAnswer } from '../../protocol/wire/messages.ts';
import type { WebhookDelivery } from '../adapters/webhooks/delivery.ts';
import { readByIds } from '../log/store.ts';
import type { Services } from './context.ts';
import { finishedRuns } from './finished-runs.ts';
import { ProblemError } from './problem-error.ts';

/** Refusals of what has been overtaken, or was told before in other words. */
const OVERTAKEN: readonly ProblemType[] = [
  'illegal-transition',
  'run-finished',
  'unknown-run',
  'id-reused',
  'too-many-approvals',
];

/**
 * @param keepsProfile an agent that is known stays as it is; without, its name and the rest follow the delivery.
 * @throws ProblemError when it can't be stored now, or the agent belongs to somebody else.
 */
export async function recordDelivery(
  services: Services,
  delivery: WebhookDelivery,
  actor: Actor,
  { keepsProfile = false } = {},
): Promise<DeliveryAnswer> {
  const { agent, run, groups, outdatedBy = [], over = [] } = delivery;
  if (outdatedBy.length > 0 && (await readByIds(services.sql, outdatedBy)).length > 0) {
    return { ignored: 'A later delivery was here before.' };
  }
  const isKnown = services.log.fleet.agents[agent.id] !== undefined;
  if (!isKnown || !keepsProfile) await register(services, agent, actor);
  await withdraw(services, agent.id, over);
  const events = groups.map((group) =>
    group.map((told): ReportedEvent => ({ ...told, agent: agent.id, run })),
  );
  await reportWhatFits(services, events, actor);
  return { agent: agent.id, run };
}

async function register(
  { log }: Services,
  { id, profile }: WebhookDelivery['agent'],
  actor: Actor,
) {
  const { problem } = await log.append({ type: 'register-agent', agent: id, profile }, actor);
  if (problem) throw new ProblemError(problem);
}

async function withdraw({ log }: Services, agent: string, over: readonly string[]) {
  const open = log.fleet.agents[agent]?.approvals ?? [];
  for (const { id: approval } of open.filter(({ id }) => over.includes(id))) {
    const command = { type: 'withdraw-approval', approval, reason: 'answered-elsewhere' } as const;
    await log.append(command, SERVICE_ACTOR);
  }
}

/** Everything at once, as nearly always; where that is refused, each group by itself. */
async function reportWhatFits(
  services: Services,
  groups: readonly (readonly ReportedEvent[])[],
  actor: Actor,
): Promise<void> {
  if (!(await report(services, groups.flat(), actor))) return;
  for (const group of groups) await report(services, group, actor);
}

/** @returns the refusal of what has been overtaken. */
async function report(
  services: Services,
  events: readonly ReportedEvent[],
  actor: Actor,
): Promise<Problem | undefined> {
  if (events.length === 0) return undefined;
  const finished = await finishedRuns(services, events);
  const command = { type: 'report', events, finished } as const;
  const { problem } = await services.conflation.append(command, actor);
  if (problem && !OVERTAKEN.includes(problem.type)) throw new ProblemError(problem);
  return problem;
}
