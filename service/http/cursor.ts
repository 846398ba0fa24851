/** The cursor of a request for a stream. */
import type { Cursor } from '../../protocol/wire/cursor.ts';
import { parseCursor } from '../../protocol/wire/cursor.ts';
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
