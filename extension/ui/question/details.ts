/** Prepares the details of a question for display. Pure. */

export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'context';
  readonly text: string;
}

export interface Diff {
  readonly lines: readonly DiffLine[];
  readonly added: number;
  readonly removed: number;
}

const MARKED = /^[-+](?: |$)/;
const HUNK = /^@@ /m;

/** Details that are a diff: a unified one, or the name of a file and its removed and added lines. */
export function diffOf(details: string): Diff | undefined {
  const lines = details.split('\n');
  const isMarked = lines.length > 1 && lines.slice(1).every((line) => MARKED.test(line));
  if (!isMarked && !HUNK.test(details)) return undefined;
  const kinds = lines.map((text) => ({ kind: kindOf(text), text }));
  const count = (wanted: DiffLine['kind']) => kinds.filter(({ kind }) => kind === wanted).length;
  return { lines: kinds, added: count('added'), removed: count('removed') };
}

function kindOf(line: string): DiffLine['kind'] {
  // the names of the files
  if (/^(?:---|\+\+\+) /.test(line)) return 'context';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'context';
}

export interface Piece {
  readonly text: string;
  readonly isRtl: boolean;
}

/** Letters that are written from right to left. */
const RTL = /([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+)/u;

/**
 * Splits text at its right-to-left words. Isolated, they stay readable and can't reorder what stands around them: without
 * that, the digits and signs after one are shown before it.
 */
export function pieces(text: string): readonly Piece[] {
  return text
    .split(RTL)
    .map((piece, index) => ({ text: piece, isRtl: index % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
