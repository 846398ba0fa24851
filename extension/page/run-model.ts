/** Fills the models of the run page: reads a service itself, with the token that the worker uses. */
import { signal } from '@preact/signals';
import { onAccessChange } from '../background/access.ts';
import { toRefusal } from '../background/failure.ts';
import { EMPTY_RUN_STATE } from '../run/run-state.ts';
import { RunFollower } from './run-follower.ts';
import { fetchEvents, fetchRun, fetchRuns } from './run-requests.ts';
import type { PairedService } from '../shared/view.ts';
import type { RunReader, RunModel } from '../ui/run/model.ts';

/** The browser has taken the file by then. */
const FILE_LIFE_MS = 60_000;

export const reading: RunReader = {
  openRun,
  readRuns: (service, agent, statuses, before) =>
    fetchRuns(service, agent, statuses, before).catch((error: unknown) => ({
      refusal: toRefusal(error),
    })),
};

function openRun(service: PairedService, run: string): RunModel {
  const state = signal(EMPTY_RUN_STATE);
  const follower = new RunFollower(service, run, (next) => {
    state.value = next;
  });
  const onVisibility = () => (document.hidden ? follower.rest() : follower.begin());
  const online = () => {
    if (!document.hidden) follower.wake();
  };
  document.addEventListener('visibilitychange', onVisibility);
  self.addEventListener('online', online);
  const endAccess = onAccessChange(() => {
    if (!document.hidden) void follower.lookAtAccess();
  });
  onVisibility();
  return {
    state,
    wake: () => follower.wake(),
    save: () => saveRun(service, run).catch(toRefusal),
    close() {
      document.removeEventListener('visibilitychange', onVisibility);
      self.removeEventListener('online', online);
      endAccess();
      follower.rest();
    },
  };
}

/** Read anew: the page keeps only what it shows. */
async function saveRun(service: PairedService, id: string): Promise<undefined> {
  const run = await fetchRun(service, id);
  const parts = [`{"run":${JSON.stringify(run)},"events":[`];
  for await (const events of fetchEvents(service, id, 0)) {
    for (const event of events) {
      parts.push(`${parts.length > 1 ? ',' : ''}\n${JSON.stringify(event)}`);
    }
  }
  parts.push('\n]}\n');
  const address = URL.createObjectURL(new Blob(parts, { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `agentlight-run-${id}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), FILE_LIFE_MS);
}
