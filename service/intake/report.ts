/** Stores reported events, and what else hooks and webhooks need of the log. */
import type { Actor, ReportedEvent, RunnerConnection } from '../../protocol/decide/command.ts';
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { AgentProfile } from '../../protocol/events/agent.ts';
import type { Approval } from '../../protocol/fleet/fleet.ts';
import type { Problem } from '../../protocol/wire/problem.ts';
import type { Sql } from '../database/connect.ts';
import type { Conflation } from '../log/conflation.ts';
import type { Log } from '../log/log.ts';
import type { AppendResult } from '../log/plan.ts';
import { readRunsById } from '../log/store.ts';

export interface Intake {
  readonly conflation: Conflation;
  readonly log: Log;
  readonly sql: Sql;
}

export type Result<T> = (T & { readonly problem?: never }) | { readonly problem: Problem };

/** Looks up runs that the fleet no longer holds, so that a late event cannot start them again. */
export async function reportEvents(
  { conflation, log, sql }: Intake,
  events: readonly ReportedEvent[],
  actor: Actor,
  connection?: RunnerConnection,
): Promise<AppendResult> {
  const unknown = new Set(events.flatMap(({ run }) => (run && !log.fleet.runs[run] ? run : [])));
  const runs = unknown.size > 0 ? await readRunsById(sql, [...unknown]) : [];
  const finished = Object.fromEntries(runs.map(({ id, agent, status }) => [id, { agent, status }]));
  return conflation.append({ type: 'report', events, connection, finished }, actor);
}

export function register(
  { log }: Intake,
  { id, profile }: { readonly id: string; readonly profile: AgentProfile },
  actor: Actor,
): Promise<AppendResult> {
  return log.append({ type: 'register-agent', agent: id, profile }, actor);
}

/** Withdraws those open approvals of an agent that were answered elsewhere. */
export async function withdrawAnswered(
  { log }: Intake,
  agent: string,
  isAnswered: (approval: Approval) => boolean,
): Promise<void> {
  for (const approval of log.fleet.agents[agent]?.approvals ?? []) {
    if (!isAnswered(approval)) continue;
    const reason = 'answered-elsewhere';
    await log.append({ type: 'withdraw-approval', approval: approval.id, reason }, SERVICE_ACTOR);
  }
}
