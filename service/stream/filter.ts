/**
 * Which events a stream carries. Streams with equal filters share one channel and its buffers.
 */
import type { LogEvent } from '../../protocol/events/event.ts';
import { isDetail } from '../../protocol/events/detail.ts';
import type { Fleet } from '../../protocol/fleet/fleet.ts';
import type { LogFilter } from '../log/store.ts';

/** All events but the high-volume ones. */
export const EVERYTHING: LogFilter = { detail: false };

/** Equal for equal filters. */
export function filterKey({ agents, run, types, detail }: LogFilter): string {
  const sorted = (list: readonly string[] | undefined) => (list ? [...new Set(list)].sort() : null);
  return JSON.stringify([sorted(agents), run ?? null, sorted(types), detail]);
}

/** The same rule as the SQL of `readPage`. */
export function matches(filter: LogFilter, event: LogEvent): boolean {
  if (!filter.detail && isDetail(event.type)) return false;
  // an event without an agent concerns every agent
  if (filter.agents && event.agent !== undefined && !filter.agents.includes(event.agent)) {
    return false;
  }
  if (filter.run !== undefined && event.run !== filter.run) return false;
  return !filter.types || filter.types.some((prefix) => event.type.startsWith(prefix));
}

/** The part of the fleet that a stream with this filter is about. */
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
