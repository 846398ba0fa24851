/**
 * A cursor is a position in one particular log, `<epoch>.<seq>`: "I have everything up to here".
 *
 * It is the SSE `id:`, so its alphabet is `[a-z0-9.]`, which needs no CORS preflight as `Last-Event-ID`.
 * The epoch is made with the database: a cursor of a restored or another database can't be mistaken.
 */
export interface Cursor {
  /** 1 to 32 of `[a-z0-9]`. */
  readonly epoch: string;
  /** 0 is before the first event. */
  readonly seq: number;
}

const PATTERN = /^([a-z0-9]{1,32})\.(0|[1-9][0-9]{0,15})$/;

export function formatCursor({ epoch, seq }: Cursor): string {
  return `${epoch}.${seq}`;
}

/** Returns undefined for text that no service ever gave out. */
export function parseCursor(text: string): Cursor | undefined {
  const [, epoch, digits] = PATTERN.exec(text) ?? [];
  if (epoch === undefined || digits === undefined) return undefined;
  const seq = Number(digits);
  return Number.isSafeInteger(seq) ? { epoch, seq } : undefined;
}
