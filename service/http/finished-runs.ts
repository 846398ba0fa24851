import type { ReportedEvent } from '../../protocol/decide/command.ts';
import type { RunStatus } from '../../protocol/fleet/fleet.ts';
import { readRuns } from '../log/store.ts';
import type { Services } from './context.ts';

/** Runs that the fleet has let go of, so that nothing late can begin them anew. */
export async function finishedRuns(
  { log, sql }: Services,
  events: readonly ReportedEvent[],
): Promise<Record<string, RunStatus>> {
  const unknown = new Set(events.flatMap(({ run }) => (run && !log.fleet.runs[run] ? run : [])));
  if (unknown.size === 0) return {};
  const runs = await readRuns(sql, [...unknown]);
  return Object.fromEntries(runs.map((run) => [run.id, run.status]));
}
