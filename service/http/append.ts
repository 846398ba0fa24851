/** Appends to the log on behalf of a request. */
import type {
  Actor,
  Command,
  ReportedEvent,
  RunnerConnection,
} from '../../protocol/decide/command.ts';
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { AgentProfile } from '../../protocol/events/agent.ts';
import type { LogEvent } from '../../protocol/events/event.ts';
import type { Approval } from '../../protocol/fleet/fleet.ts';
import type { Outcome } from '../log/plan.ts';
import { readRuns } from '../log/store.ts';
import type { Services } from './context.ts';
import { HttpProblem } from './problem.ts';

/** @throws HttpProblem if the command is refused. */
export async function append(
  { log }: Services,
  command: Command,
  actor: Actor,
): Promise<readonly LogEvent[]> {
  return eventsOf(await log.append(command, actor));
}

/** @throws HttpProblem for a refusal. */
export function eventsOf({ events, problem }: Outcome): readonly LogEvent[] {
  if (problem) throw new HttpProblem(problem);
  return events;
}

/** Looks up runs that the fleet no longer holds, so that a late event cannot start them again. */
export async function report(
  { conflation, log, sql }: Services,
  events: readonly ReportedEvent[],
  actor: Actor,
  connection?: RunnerConnection,
): Promise<Outcome> {
  const unknown = new Set(events.flatMap(({ run }) => (run && !log.fleet.runs[run] ? run : [])));
  const runs = unknown.size > 0 ? await readRuns(sql, [...unknown]) : [];
  const finished = Object.fromEntries(runs.map(({ id, status }) => [id, status]));
  return conflation.append({ type: 'report', events, connection, finished }, actor);
}

/** @throws HttpProblem if the agent belongs to somebody else. */
export async function register(
  services: Services,
  { id, profile }: { readonly id: string; readonly profile: AgentProfile },
  actor: Actor,
): Promise<void> {
  await append(services, { type: 'register-agent', agent: id, profile }, actor);
}

/** Withdraws those open approvals of an agent that were answered elsewhere. */
export async function withdrawAnswered(
  { log }: Services,
  agent: string,
  isAnswered: (approval: Approval) => boolean,
): Promise<void> {
  for (const approval of log.fleet.agents[agent]?.approvals ?? []) {
    if (!isAnswered(approval)) continue;
    const reason = 'answered-elsewhere';
    await log.append({ type: 'withdraw-approval', approval: approval.id, reason }, SERVICE_ACTOR);
  }
}
