/** A fleet that lives in memory: decides commands and folds what follows, as the log does. */
import type { Actor, Command, ReportedEvent } from '../../protocol/decide/command.ts';
import { decide } from '../../protocol/decide/decide.ts';
import type { EventDraft, LogEvent } from '../../protocol/events/event.ts';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import type { AgentProfile } from '../../protocol/events/agent.ts';
import { EMPTY_FLEET } from '../../protocol/fleet/fleet.ts';
import { fold } from '../../protocol/fleet/fold.ts';
import { followUps } from '../../protocol/decide/follow-up.ts';
import type { Problem } from '../../protocol/wire/problem.ts';

export const ALICE: Actor = { user: 'alice', scopes: ['read', 'operate', 'report'] };
export const BOB: Actor = { user: 'bob', scopes: ['read', 'operate', 'report'] };
export const ADMIN: Actor = { user: 'root', scopes: ['admin'] };

const STARTED_MS = Date.UTC(2026, 0, 31, 12);

/** A UUID that is easy to tell apart from others: its last digits are `n`. */
export function uuid(n: number): string {
  return `0198c2f4-5b7e-7c1a-9d2e-${String(n).padStart(12, '0')}`;
}

export class MemoryLog {
  readonly events: LogEvent[] = [];
  fleet: Fleet = EMPTY_FLEET;

  /** Gives the problem, if the command was refused; each event happens a second after the last. */
  apply(command: Command, actor: Actor = ALICE): Problem | undefined {
    const decision = decide(this.fleet, command, actor);
    if (decision.problem) return decision.problem;
    const decided = this.#append(decision.events);
    this.#append(followUps(this.fleet, decided));
    return undefined;
  }

  #append(drafts: readonly EventDraft[]): readonly LogEvent[] {
    const stamped = drafts.map((draft, index) => {
      const seq = this.fleet.seq + 1 + index;
      const time = new Date(STARTED_MS + seq * 1_000).toISOString();
      return { ...draft, id: draft.id ?? uuid(seq), time: draft.time ?? time, seq };
    });
    this.events.push(...stamped);
    this.fleet = fold(this.fleet, stamped);
    return stamped;
  }

  /** An agent of Alice that can be run, cancelled and paused, connected through runner `r1`. */
  connectAgent(agent = 'a', profile: Partial<AgentProfile> = {}): void {
    this.apply({
      type: 'register-agent',
      agent,
      profile: { name: agent.toUpperCase(), capabilities: ['run', 'cancel', 'pause'], ...profile },
    });
    this.apply({ type: 'connect', runner: 'r1', agents: [agent], instance: 'i-1' });
  }

  request(run: string, agent = 'a', actor: Actor = ALICE): Problem | undefined {
    return this.apply({ type: 'request-run', agent, run, request: {} }, actor);
  }

  report(type: string, run: string | undefined, data: ReportedEvent['data'] = {}, agent = 'a') {
    return this.apply({ type: 'report', events: [{ type, agent, run, data }] });
  }
}
