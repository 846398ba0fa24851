/**
 * A cursor is a position in one particular log, `<epoch>.<seq>`: "I have everything up to here".
 *
 * It is the SSE `id:`. Its alphabet is `[a-z0-9.]`, which needs no CORS preflight in `Last-Event-ID`.
 * The epoch is created with the database, so that the cursor of another or a restored database is recognised.
 */
export interface Cursor {
  /** 1 to 32 of `[a-z0-9]`. */
  readonly epoch: string;
  /** 0 is before the first event. */
  readonly seq: number;
}

const PATTERN = /^([a-z0-9]{1,32})\.(0|[1-9][0-9]{0,15})$/;

/** The text of a cursor, such as `3f9a1c04d2b7.42`. */
export function formatCursor({ epoch, seq }: Cursor): string {
  return `${epoch}.${seq}`;
}

/** Returns undefined for text that is not a cursor. */
export function parseCursor(text: string): Cursor | undefined {
  const [, epoch, digits] = PATTERN.exec(text) ?? [];
  if (epoch === undefined || digits === undefined) return undefined;
  const seq = Number(digits);
  return Number.isSafeInteger(seq) ? { epoch, seq } : undefined;
}
