/** The run that began last of those that are under way. Pure. */
import type { Fleet, Run } from '../../../../protocol/fleet/fleet.ts';
import { activeRuns } from '../../../../protocol/fleet/fleet.ts';

export function newestLiveRun(fleet: Fleet): Run | undefined {
  return Object.values(fleet.agents)
    .flatMap((agent) => activeRuns(fleet, agent))
    .toSorted((a, b) => b.seq - a.seq)[0];
}
