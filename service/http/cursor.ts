/** The cursor of a request, and where a stream starts for it. */
import type { Cursor } from '../../protocol/wire/cursor.ts';
import { parseCursor } from '../../protocol/wire/cursor.ts';
import { floorOf } from '../log/store.ts';
import type { StartPoint } from '../stream/start-point.ts';
import { startPoint } from '../stream/start-point.ts';
import type { Services } from './context.ts';
import { throwProblem } from './problem.ts';

/** @throws HttpProblem invalid-cursor. */
export function readCursor(text: string | undefined): Cursor | 'earliest' | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'earliest') return 'earliest';
  return (
    parseCursor(text) ??
    throwProblem(
      'invalid-cursor',
      'A cursor is the id of an earlier message, such as 3f9a1c04d2b7.42, or "earliest". Leave it out to start with a snapshot.',
    )
  );
}

/** @param detail whether the stream includes high-volume events. */
export async function findStart(
  { log, config }: Pick<Services, 'log' | 'config'>,
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
