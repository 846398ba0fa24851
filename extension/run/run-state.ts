/** What a page knows of the run that it shows. */
import type { Run } from '../../protocol/fleet/fleet.ts';
import type { Refusal } from '../shared/messages.ts';
import type { ConnectionState } from '../shared/view.ts';
import type { RunDetail } from './detail.ts';
import { EMPTY_DETAIL } from './detail.ts';

export interface RunState {
  readonly detail: RunDetail;
  /** As it was read from the service; the fleet may know newer. */
  readonly run: Run | undefined;
  /** Whether everything up to some moment is there. */
  readonly isLoaded: boolean;
  /** The run is over, and all of it is there. */
  readonly isComplete: boolean;
  /** Of the stream; without meaning once it is complete. */
  readonly connection: ConnectionState;
  /** Why it will never be shown. */
  readonly refusal: Refusal | undefined;
}

export const EMPTY_RUN_STATE: RunState = {
  detail: EMPTY_DETAIL,
  run: undefined,
  isLoaded: false,
  isComplete: false,
  connection: { state: 'connecting', sinceMs: 0, attempt: 0 },
  refusal: undefined,
};

/** The newer of what the fleet and the run's own page know; a run that has ended never lives again. */
export function newestRun(followed: RunState, inFleet: Run | undefined): Run | undefined {
  const { run } = followed;
  if (!run || !inFleet) return run ?? inFleet;
  return run.statusSeq > inFleet.statusSeq ? run : inFleet;
}
