/** What an agent has used on a day: the sum over its runs of what was added since they reported last. */
import type { EventData } from '../events/event.ts';
import type { Agent } from './fleet.ts';

type Usage = EventData<'usage.reported'>;

/**
 * @param before what the same run had used, all in all, when it reported last: reports are totals, and never summed.
 * @param time of the report; its day in UTC is the one that counts.
 */
export function addUsage(agent: Agent, before: Usage | undefined, now: Usage, time: string): Agent {
  const day = time.slice(0, 10);
  const known = agent.spent;
  // a late report of yesterday does not bring yesterday back
  if (known && known.day > day) return agent;
  const base = known?.day === day ? known : { costUsd: 0, tokens: 0 };
  const costUsd = added(before?.costUsd, now.costUsd);
  const tokens = added(before && tokensOf(before), tokensOf(now));
  return {
    ...agent,
    spent: { day, costUsd: base.costUsd + costUsd, tokens: base.tokens + tokens },
  };
}

export function tokensOf({ inputTokens = 0, outputTokens = 0 }: Usage): number {
  return inputTokens + outputTokens;
}

/** A total that fell was begun anew by its reporter; that is no refund. */
function added(before = 0, now = before): number {
  return Math.max(0, now - before);
}
