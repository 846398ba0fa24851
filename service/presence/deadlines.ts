/** Ends what has a limited lifetime: unanswered questions, acknowledgements, and agents that have ended. */
import type { Command } from '../../protocol/decide/command.ts';
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { Agent } from '../../protocol/fleet/fleet.ts';
import type { Log } from '../log/log.ts';

/** Precise enough for people, and negligible work for thousands of agents. */
const SWEEP_MS = 1_000;

export interface Lifetimes {
  /** Lifetime of a question without an earlier `expiresAt`. */
  readonly approvalMs: number;
  readonly acknowledgementMs: number;
  /** Time for which an agent of one run or session is kept after its last event. */
  readonly endedAgentMs: number;
}

export class Deadlines {
  readonly #timer: NodeJS.Timeout;

  constructor(log: Log, lifetimes: Lifetimes) {
    this.#timer = setInterval(() => {
      const nowMs = Date.now();
      for (const agent of Object.values(log.fleet.agents)) {
        for (const command of overdue(agent, lifetimes, nowMs)) {
          void log.append(command, SERVICE_ACTOR);
        }
      }
    }, SWEEP_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** @param nowMs milliseconds since the epoch. */
function overdue(agent: Agent, lifetimes: Lifetimes, nowMs: number): Command[] {
  const isExpired = (since: string, lifetimeMs: number) => Date.parse(since) + lifetimeMs <= nowMs;
  const commands: Command[] = (agent.approvals ?? [])
    .filter(
      ({ requestedAt, expiresAt }) =>
        isExpired(requestedAt, lifetimes.approvalMs) ||
        (expiresAt !== undefined && isExpired(expiresAt, 0)),
    )
    .map(({ id }) => ({ type: 'expire-approval', approval: id }));
  const { acknowledged, id } = agent;
  if (acknowledged && isExpired(acknowledged.at, lifetimes.acknowledgementMs)) {
    commands.push({ type: 'unacknowledge', agent: id, attention: acknowledged.attention });
  }
  const hasEnded =
    agent.liveness === 'ended' || (agent.ephemeral === true && agent.liveness !== 'live');
  if (hasEnded && agent.runs.length === 0 && isExpired(agent.lastSeenAt, lifetimes.endedAgentMs)) {
    commands.push({ type: 'remove-agent', agent: id });
  }
  return commands;
}
