/** Fills the models of the run page: reads a service itself, with the token that the worker uses. */
import { signal } from '@preact/signals';
import { fetchRun, fetchRunEvents, fetchRuns } from '../../protocol/client/calls.ts';
import { onAccessChange } from '../background/access.ts';
import { clientFor, toRefusal } from '../background/service-client.ts';
import { EMPTY_RUN_STATE } from '../run/run-state.ts';
import { RunFollower } from './run-follower.ts';
import type { PairedService } from '../shared/view.ts';
import type { RunReader, RunModel } from '../ui/run/model.ts';

const RUNS_PER_PAGE = '50';
/** The browser has taken the file by then. */
const FILE_LIFE_MS = 60_000;

export const reading: RunReader = {
  openRun,
  async readRuns(service, agent, statuses, before) {
    const query = new URLSearchParams({ agent, limit: RUNS_PER_PAGE });
    for (const status of statuses) query.append('status', status);
    if (before !== undefined) query.set('before', String(before));
    return fetchRuns(clientFor(service), query).catch((error: unknown) => ({
      refusal: toRefusal(error),
    }));
  },
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
  const client = clientFor(service);
  const run = await fetchRun(client, id);
  const parts = [`{"run":${JSON.stringify(run)},"events":[`];
  for await (const events of fetchRunEvents(client, id, 0)) {
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
