/** Where a stream begins: after the client's cursor, or with a snapshot of the fleet and the reason for it. */
import type { Cursor } from '../../protocol/wire/cursor.ts';
import type { SnapshotReason } from '../../protocol/wire/messages.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log/log.ts';
import { floorOf } from '../log/store.ts';

export type StartPoint =
  | { readonly kind: 'resume'; readonly afterSeq: number }
  | { readonly kind: 'snapshot'; readonly reason: SnapshotReason };

interface LogPosition {
  readonly epoch: string;
  readonly headSeq: number;
  /** Events up to this position have been deleted. */
  readonly floorSeq: number;
  /** A client further behind than this gets a snapshot, which is cheaper than the events. */
  readonly replayMaxEvents: number;
}

/** @param cursor `earliest` starts at the oldest event that is kept, however many follow. */
function startPoint(
  cursor: Cursor | 'earliest' | undefined,
  { epoch, headSeq, floorSeq, replayMaxEvents }: LogPosition,
): StartPoint {
  if (cursor === undefined) return { kind: 'snapshot', reason: 'new' };
  if (cursor === 'earliest') return { kind: 'resume', afterSeq: floorSeq };
  if (cursor.epoch !== epoch) return { kind: 'snapshot', reason: 'other-log' };
  if (cursor.seq > headSeq) return { kind: 'snapshot', reason: 'ahead' };
  if (cursor.seq < floorSeq) return { kind: 'snapshot', reason: 'expired' };
  if (headSeq - cursor.seq > replayMaxEvents) return { kind: 'snapshot', reason: 'far-behind' };
  return { kind: 'resume', afterSeq: cursor.seq };
}

/**
 * The same for a log as it is now.
 *
 * @param detail whether the stream includes high-volume events.
 */
export async function findStart(
  { log, config }: { readonly log: Log; readonly config: Pick<Config, 'replayMaxEvents'> },
  cursor: Cursor | 'earliest' | undefined,
  detail: boolean,
): Promise<StartPoint> {
  // the client may have seen events at another instance that this one has not read yet
  if (typeof cursor === 'object' && cursor.seq > log.fleet.seq) await log.refresh();
  return startPoint(cursor, {
    epoch: log.epoch,
    headSeq: log.fleet.seq,
    floorSeq: floorOf(log.floors, detail),
    replayMaxEvents: config.replayMaxEvents,
  });
}
