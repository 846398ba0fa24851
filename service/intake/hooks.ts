/** Stores what a coding agent's hook reports, and asks what it has to ask. */
import type { Actor, ReportedEvent } from '../../protocol/decide/command.ts';
import type { HookAnswer } from '../../protocol/wire/messages.ts';
import type { Problem } from '../../protocol/wire/problem.ts';
import type { HookTranslation } from '../adapters/hooks/hook-translation.ts';
import type { ApprovalWaiters } from '../presence/approval-waiters.ts';
import type { Intake, Result } from './report.ts';
import { register, reportEvents, withdrawAnswered } from './report.ts';

export interface HookIntake extends Intake {
  readonly askers: ApprovalWaiters;
  readonly newId: () => string;
}

/** @returns a problem if the agent belongs to somebody else, or waits for too many answers. */
export async function recordHook(
  intake: HookIntake,
  translation: HookTranslation,
  actor: Actor,
): Promise<Result<HookAnswer>> {
  const { agent, run, reports, over, ask, startsAnew, hasEnded } = translation;
  const { log } = intake;
  // an unchanged profile adds no event, but appending it would wait for a commit
  const known = log.fleet.agents[agent.id];
  if (known?.name !== agent.profile.name || known.host !== agent.profile.host) {
    const { problem } = await register(intake, agent, actor);
    if (problem) return { problem };
  }
  if (over !== 'none') {
    await withdrawAnswered(intake, agent.id, ({ hash }) => over === 'all' || hash === over.hash);
  }
  const events = reports.map(
    ({ type, id, data }): ReportedEvent => ({ type, id, agent: agent.id, run, data }),
  );
  const refused = await reportWhatFits(intake, events, actor);
  if (refused) return { problem: refused };
  if (hasEnded) await endRuns(intake, translation, 'The session ended.', actor);
  if (startsAnew) await endRuns(intake, translation, 'Interrupted in the terminal.', actor);
  if (!ask) return { agent: agent.id };
  const id = intake.newId();
  const isLive = run !== undefined && log.fleet.runs[run] !== undefined;
  const question = { type: 'approval.requested', id, agent: agent.id, data: ask };
  const event = isLive ? { ...question, run } : question;
  const { problem } = await log.append({ type: 'report', events: [event] }, actor);
  if (problem) return { problem };
  intake.askers.expect(id);
  return { agent: agent.id, approval: id };
}

/**
 * Hooks run side by side, so their events arrive in any order: the end of a tool after the end of its run, the start of
 * a run twice. Events that no longer fit are left out, and the others are stored.
 */
async function reportWhatFits(
  intake: Intake,
  events: readonly ReportedEvent[],
  actor: Actor,
): Promise<Problem | undefined> {
  let left = events;
  while (left.length > 0) {
    const { problem } = await reportEvents(intake, left, actor);
    if (!problem) return undefined;
    const index = problem.extra?.['index'];
    if (typeof index !== 'number') return problem;
    left = left.toSpliced(index, 1);
  }
  return undefined;
}

/** A session works on one prompt at a time, and on none after its end. No hook reports an interruption. */
async function endRuns(
  { log }: Intake,
  { agent: { id: agent }, run: current, hasEnded }: HookTranslation,
  message: string,
  actor: Actor,
): Promise<void> {
  const events = (log.fleet.agents[agent]?.runs ?? [])
    .filter((run) => hasEnded || run !== current)
    .map((run): ReportedEvent => ({ type: 'run.cancelled', agent, run, data: { message } }));
  if (events.length > 0) await log.append({ type: 'report', events }, actor);
}
