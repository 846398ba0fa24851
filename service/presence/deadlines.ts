/** Ends what lasts only so long: questions nobody answered, acknowledgements, agents that ended long ago. */
import type { Command } from '../../protocol/decide/command.ts';
import { SERVICE_ACTOR } from '../../protocol/decide/command.ts';
import type { Agent } from '../../protocol/fleet/fleet.ts';
import type { Log } from '../log/log.ts';

/** Precise enough for people, and nothing to do for a fleet of thousands. */
const SWEEP_MS = 1_000;

export interface Lifetimes {
  /** Of a question whose asker gives no earlier end. */
  readonly approvalMs: number;
  readonly acknowledgementMs: number;
  /** Of an agent that was there for one run or session, since it was heard of last. */
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

/** @param nowMs epoch. */
function overdue(agent: Agent, lifetimes: Lifetimes, nowMs: number): Command[] {
  const isOver = (since: string, lifetimeMs: number) => Date.parse(since) + lifetimeMs <= nowMs;
  const commands: Command[] = (agent.approvals ?? [])
    .filter(
      ({ requestedAt, expiresAt }) =>
        isOver(requestedAt, lifetimes.approvalMs) ||
        (expiresAt !== undefined && isOver(expiresAt, 0)),
    )
    .map(({ id }) => ({ type: 'expire-approval', approval: id }));
  const { acknowledged, id } = agent;
  if (acknowledged && isOver(acknowledged.at, lifetimes.acknowledgementMs)) {
    commands.push({ type: 'unacknowledge', agent: id, attention: acknowledged.attention });
  }
  const isGone =
    agent.liveness === 'ended' || (agent.ephemeral === true && agent.liveness !== 'live');
  if (isGone && agent.runs.length === 0 && isOver(agent.lastSeenAt, lifetimes.endedAgentMs)) {
    commands.push({ type: 'remove-agent', agent: id });
  }
  return commands;
}
