/** Stores what a webhook delivery reports, as far as it still fits. */
import type { Actor, ReportedEvent } from '../../protocol/decide/command.ts';
import type { DeliveryAnswer } from '../../protocol/wire/messages.ts';
import type { Problem, ProblemType } from '../../protocol/wire/problem.ts';
import type { WebhookDelivery } from '../adapters/webhooks/delivery.ts';
import { readByIds, readRunsById } from '../log/store.ts';
import type { Intake, Result } from './report.ts';
import { register, reportEvents, withdrawAnswered } from './report.ts';

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
 * @returns a problem if the service cannot store it now, or the agent belongs to somebody else.
 */
export async function recordDelivery(
  intake: Intake,
  { agent, run, groups, at, outdatedBy = [], over = [] }: WebhookDelivery,
  actor: Actor,
  { keepsProfile }: { readonly keepsProfile: boolean },
): Promise<Result<DeliveryAnswer>> {
  if (outdatedBy.length > 0 && (await readByIds(intake.sql, outdatedBy)).length > 0) {
    return { ignored: 'A later delivery has already arrived.' };
  }
  if (at !== undefined && (await isOldNews(intake, agent.id, run, at))) {
    return { ignored: 'A later run has already ended.' };
  }
  if (!keepsProfile || intake.log.fleet.agents[agent.id] === undefined) {
    const { problem } = await register(intake, agent, actor);
    if (problem) return { problem };
  }
  await withdrawAnswered(intake, agent.id, ({ id }) => over.includes(id));
  const events = groups.map((group) =>
    group.map((event): ReportedEvent => ({ ...event, agent: agent.id, run })),
  );
  const problem = await reportWhatFits(intake, events, actor);
  return problem ? { problem } : { agent: agent.id, run };
}

async function isOldNews(
  { log: { fleet }, sql }: Intake,
  agent: string,
  run: string,
  at: string,
): Promise<boolean> {
  if (fleet.runs[run]) return false;
  const isLater = Object.values(fleet.runs).some(
    ({ agent: of, endedAt }) => of === agent && endedAt !== undefined && endedAt > at,
  );
  return isLater && (await readRunsById(sql, [run])).length === 0;
}

/** Nearly always everything fits; otherwise each group is tried alone. */
async function reportWhatFits(
  intake: Intake,
  groups: readonly ReportedEvent[][],
  actor: Actor,
): Promise<Problem | undefined> {
  const attempts = [groups.flat(), ...groups].filter((events) => events.length > 0);
  for (const [attempt, events] of attempts.entries()) {
    const { problem } = await reportEvents(intake, events, actor);
    if (problem && !OVERTAKEN.includes(problem.type)) return problem;
    if (!problem && attempt === 0) return undefined;
  }
  return undefined;
}
