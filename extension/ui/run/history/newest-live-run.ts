/** Finds the newest live run of a fleet. Pure. */
import type { Fleet, Run } from '../../../../protocol/fleet/fleet.ts';
import { activeRuns } from '../../../../protocol/fleet/fleet.ts';

export function newestLiveRun(fleet: Fleet): Run | undefined {
  return Object.values(fleet.agents)
    .flatMap((agent) => activeRuns(fleet, agent))
    .toSorted((a, b) => b.seq - a.seq)[0];
}
