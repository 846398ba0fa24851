/** The events that a stream carries. Streams with equal filters share a channel. */
import type { LogEvent } from '../../protocol/events/event.ts';
import { isDetail } from '../../protocol/events/detail.ts';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import type { LogFilter } from '../log/store.ts';

/** All events except the high-volume ones. */
export const EVERYTHING: LogFilter = { detail: false };

/** A text that is equal for equal filters. */
export function filterKey({ agents, run, types, detail }: LogFilter): string {
  const sorted = (list: readonly string[] | undefined) => (list ? [...new Set(list)].sort() : null);
  return JSON.stringify([sorted(agents), run ?? null, sorted(types), detail]);
}

/** Whether the filter selects the event. The SQL of `readPage` has the same rule. */
export function matchesFilter(filter: LogFilter, event: LogEvent): boolean {
  if (!filter.detail && isDetail(event.type)) return false;
  // an event without an agent matches every list of agents
  if (filter.agents && event.agent !== undefined && !filter.agents.includes(event.agent)) {
    return false;
  }
  if (filter.run !== undefined && event.run !== filter.run) return false;
  return !filter.types || filter.types.some((prefix) => event.type.startsWith(prefix));
}

/** The agents and runs of the fleet that the filter selects. */
export function restrictFleet(fleet: Fleet, { agents, run }: LogFilter): Fleet {
  if (!agents && run === undefined) return fleet;
  const owner = run === undefined ? undefined : fleet.runs[run]?.agent;
  const wanted = (id: string) =>
    (agents?.includes(id) ?? true) && (run === undefined || id === owner);
  return {
    seq: fleet.seq,
    agents: pick(fleet.agents, (agent) => wanted(agent.id)),
    runs: pick(fleet.runs, (item) => wanted(item.agent) && (run === undefined || item.id === run)),
  };
}

function pick<T>(table: Readonly<Record<string, T>>, keep: (item: T) => boolean) {
  return Object.fromEntries(Object.entries(table).filter(([, item]) => keep(item)));
}
