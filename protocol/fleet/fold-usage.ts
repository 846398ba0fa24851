/** The daily usage of an agent: the sum of the increases between the reports of its runs. */
import type { EventData } from '../events/event.ts';
import type { Agent } from './fleet.ts';

type Usage = EventData<'usage.reported'>;

/**
 * Adds a usage report to the daily usage of an agent.
 *
 * @param before the previous report of the same run. Reports are totals, so only the increase is added.
 * @param time time of the report, ISO 8601; the increase counts for its UTC day.
 */
export function addUsage(agent: Agent, before: Usage | undefined, now: Usage, time: string): Agent {
  const day = time.slice(0, 10);
  const known = agent.spent;
  // a late report must not replace the newer day
  if (known && known.day > day) return agent;
  const base = known?.day === day ? known : { costUsd: 0, tokens: 0 };
  const costUsd = increase(before?.costUsd, now.costUsd);
  const tokens = increase(before && tokensOf(before), tokensOf(now));
  return {
    ...agent,
    spent: { day, costUsd: base.costUsd + costUsd, tokens: base.tokens + tokens },
  };
}

/** Sum of input and output tokens. */
export function tokensOf({ inputTokens = 0, outputTokens = 0 }: Usage): number {
  return inputTokens + outputTokens;
}

/** 0 if the total fell: then its reporter started to count again. */
function increase(before = 0, now = before): number {
  return Math.max(0, now - before);
}
