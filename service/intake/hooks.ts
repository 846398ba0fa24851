/** Stores what a coding agent's hook reports, and asks what it has to ask. */
import type { Actor, ReportedEvent } from '../../protocol/decide/command.ts';
import type { HookAnswer } from '../../protocol/wire/messages.ts';
import type { Problem } from '../../protocol/wire/problem.ts';
import { isFinal } from '../../protocol/fleet/fleet.ts';
import type { HookTranslation } from '../adapters/hooks/hook-translation.ts';
import { afterStops, runAfterStops } from '../adapters/hooks/hooks.ts';
import { readByIds, readRunsById } from '../log/store.ts';
import type { ApprovalWaiters } from '../presence/approval-waiters.ts';
import type { Intake, Result } from './report.ts';
import { register, reportEvents, withdrawAnswered } from './report.ts';

export interface HookIntake extends Intake {
  readonly askers: ApprovalWaiters;
  readonly newId: () => string;
}

/** Claude Code lets hooks block a stop up to eight times. */
const MAX_STOPS = 10;
/** Two sessions can want the same id, and none the other's own one. */
const REGISTRATIONS = 3;

/** @returns a problem if the agent belongs to somebody else, or waits for too many answers. */
export async function recordHook(
  intake: HookIntake,
  translated: HookTranslation,
  actor: Actor,
): Promise<Result<HookAnswer>> {
  const { log } = intake;
  const registered = await registerSession(intake, translated.agent, actor);
  if (registered.problem) return registered;
  const agent = { ...translated.agent, id: registered.agent };
  const translation = await withCurrentRun(intake, { ...translated, agent });
  const { run, reports, over, ask, startsAnew, hasEnded } = translation;
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

/** The agent of a session is the one that was registered for it, whatever its folder is now. */
async function registerSession(
  intake: HookIntake,
  { id, otherId, profile }: HookTranslation['agent'],
  actor: Actor,
): Promise<Result<{ readonly agent: string }>> {
  const { session, kind, host } = profile;
  for (let count = 0; count < REGISTRATIONS; count += 1) {
    const { agents } = intake.log.fleet;
    const inPlace = agents[id]?.session === session ? agents[id] : agents[otherId];
    const known = inPlace ?? Object.values(agents).find((agent) => agent.session === session);
    // an unchanged profile adds no event, but appending it would wait for a commit
    if (known?.session === session && known.host === host) return { agent: known.id };
    const holder = agents[id];
    // agents of earlier versions have no session
    const isFree = !holder || (holder.session === undefined && holder.kind === kind);
    const agent = known?.id ?? (isFree ? id : otherId);
    const name = agents[agent]?.name ?? profile.name;
    const { problem } = await register(intake, { id: agent, profile: { ...profile, name } }, actor);
    // another session has taken the id in the meantime
    if (problem && problem.type !== 'agent-busy') return { problem };
  }
  return { agent: otherId };
}

/** A prompt has several runs if hooks of others blocked its stops, as the end of a run is final. */
async function withCurrentRun(
  { log, sql }: HookIntake,
  translation: HookTranslation,
): Promise<HookTranslation> {
  const { run: first, goesOnUnless } = translation;
  const live = first === undefined ? undefined : log.fleet.runs[first];
  if (first === undefined || (live && !isFinal(live.status))) return translation;
  const runs = Array.from({ length: MAX_STOPS }, (_, index) => runAfterStops(first, index));
  const known = new Map((await readRunsById(sql, runs)).map(({ id, status }) => [id, status]));
  const last = runs.findLastIndex((run) => known.has(run));
  if (last < 0) return translation;
  const goesOn =
    goesOnUnless !== undefined &&
    known.get(runs[last] ?? '') === 'succeeded' &&
    last + 1 < MAX_STOPS &&
    (await readByIds(sql, goesOnUnless)).length === 0;
  return afterStops(translation, goesOn ? last + 1 : last);
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
