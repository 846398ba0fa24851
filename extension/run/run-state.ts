/** The state of a run on its page. */
import type { ConnectionState } from '../../protocol/client/connection.ts';
import type { Run } from '../../protocol/fleet/fleet.ts';
import type { Refusal } from '../shared/messages.ts';
import type { RunDetail } from './detail.ts';
import { EMPTY_DETAIL } from './detail.ts';

export interface RunState {
  readonly detail: RunDetail;
  /** As last read from the service; the fleet may be newer. */
  readonly run: Run | undefined;
  /** Whether the history has been read. */
  readonly isLoaded: boolean;
  /** Whether the run has ended and all of it has been read. */
  readonly isComplete: boolean;
  /** State of the stream; meaningless when `isComplete`. */
  readonly connection: ConnectionState;
  /** Why the run can't be shown. */
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

/** The newer one of the run in the fleet and the run as read from the service. */
export function newestRun(state: RunState, inFleet: Run | undefined): Run | undefined {
  const { run } = state;
  if (!run || !inFleet) return run ?? inFleet;
  return run.statusSeq > inFleet.statusSeq ? run : inFleet;
}
