/**
 * The output of a run as the lines that a terminal would show: after a carriage return, text overwrites the line from its
 * start. Pure, and bounded in size.
 *
 * stdout and stderr each have an open line of their own, so that neither splits a line of the other; a line is added to the
 * list when it ends. Of the other control sequences only colours and "erase in line", which progress bars need, have an
 * effect; the rest is dropped.
 */
import type { Style } from './ansi.ts';
import { applySgr, PLAIN } from './ansi.ts';

export type OutputStream = 'stdout' | 'stderr';

/** Text from `at` to the next span has this style. */
export interface StyledSpan {
  readonly at: number;
  readonly style: Style;
}

export interface Line {
  readonly stream: OutputStream;
  readonly text: string;
  /** Ascending. Text before the first span is plain. */
  readonly spans: readonly StyledSpan[];
}

/** The open line of a stream, and the position in it. */
interface Pen {
  readonly line: Line;
  readonly column: number;
  readonly style: Style;
  /** The start of a control sequence that is not complete yet. */
  readonly rest: string;
}

export interface TerminalOutput {
  /** Complete lines, oldest first. */
  readonly lines: readonly Line[];
  /** Total number of characters in `lines`. */
  readonly chars: number;
  /** Characters of the longest complete line, dropped lines included. */
  readonly longest: number;
  /** Number of older lines that were dropped. */
  readonly dropped: number;
  readonly pens: Readonly<Record<OutputStream, Pen>>;
}

/** Above these, the oldest lines are dropped. */
export const MAX_LINES = 100_000;
const MAX_CHARS = 20_000_000;
/** Longer lines are wrapped. */
export const MAX_LINE_CHARS = 10_000;
/** Further style changes in a line are ignored. */
const MAX_SPANS = 500;
/** Longer control sequences are treated as text. */
const MAX_SEQUENCE_CHARS = 1_000;

const NO_SPANS: readonly StyledSpan[] = [];

export const NO_OUTPUT: TerminalOutput = {
  lines: [],
  chars: 0,
  longest: 0,
  dropped: 0,
  pens: { stdout: newPen('stdout'), stderr: newPen('stderr') },
};

/** A complete control sequence, a single control character, or text. */
const TOKENS =
  // oxlint-disable-next-line no-control-regex -- matches control characters on purpose
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-~]|[\x00-\x08\x0a-\x1f\x7f-\x9f]|[^\x00-\x08\x0a-\x1f\x7f-\x9f]+/g;
// oxlint-disable-next-line no-control-regex -- as above
const INCOMPLETE = /\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)$/;

/** Appends printed text. Pass whole batches: each call copies the list of lines. */
export function printAll(
  output: TerminalOutput,
  pieces: readonly { readonly stream: OutputStream; readonly text: string }[],
): TerminalOutput {
  if (pieces.length === 0) return output;
  const ended: Line[] = [];
  const pens = { ...output.pens };
  for (const { stream, text } of pieces) pens[stream] = print(pens[stream], text, ended);
  let { chars, longest } = output;
  for (const { text } of ended) {
    chars += text.length;
    longest = Math.max(longest, text.length);
  }
  const lines = [...output.lines, ...ended];
  let dropped = 0;
  while (lines.length - dropped > MAX_LINES || chars > MAX_CHARS) {
    chars -= lines[dropped]?.text.length ?? 0;
    dropped += 1;
  }
  if (dropped > 0) lines.splice(0, dropped);
  return { lines, chars, longest, dropped: output.dropped + dropped, pens };
}

/** The lines that are not complete yet, which are shown last. */
export function openLines({ pens }: TerminalOutput): readonly Line[] {
  return [pens.stdout.line, pens.stderr.line].filter(({ text }) => text !== '');
}

function newPen(stream: OutputStream, style = PLAIN): Pen {
  return { line: { stream, text: '', spans: NO_SPANS }, column: 0, style, rest: '' };
}

/** @param ended receives the lines that the text completes. */
function print(pen: Pen, piece: string, ended: Line[]): Pen {
  const text = pen.rest + piece;
  const rest = INCOMPLETE.exec(text.slice(-MAX_SEQUENCE_CHARS))?.[0] ?? '';
  let { line, column, style } = pen;
  const end = () => {
    ended.push(line);
    line = { stream: line.stream, text: '', spans: NO_SPANS };
    column = 0;
  };
  for (const [token, parameters = '', final] of text
    .slice(0, text.length - rest.length)
    .matchAll(TOKENS)) {
    if (token === '\n') end();
    else if (token === '\r') column = 0;
    else if (final === 'm') style = applySgr(style, parameters);
    else if (final === 'K') line = erase(line, column, parameters);
    else if (!CONTROL.test(token)) {
      for (let at = 0; at < token.length; ) {
        if (column === MAX_LINE_CHARS) end();
        const part = token.slice(at, at + MAX_LINE_CHARS - column);
        line = overwrite(line, column, part, style);
        column += part.length;
        at += part.length;
      }
    }
  }
  return { line, column, style, rest };
}

// oxlint-disable-next-line no-control-regex -- as above
const CONTROL = /^[\x00-\x08\x0a-\x1f\x7f-\x9f]/;

function overwrite(line: Line, column: number, text: string, style: Style): Line {
  const { stream, spans } = line;
  const end = column + text.length;
  const before = line.text.slice(0, column);
  const after = line.text.slice(end);
  const kept = spans.filter(({ at }) => at < column);
  const added = style === (kept.at(-1)?.style ?? PLAIN) ? [] : [{ at: column, style }];
  const following =
    after === ''
      ? []
      : [{ at: end, style: styleAt(spans, end) }, ...spans.filter(({ at }) => at > end)];
  const next = [...kept, ...added, ...following].slice(0, MAX_SPANS);
  return { stream, text: before + text + after, spans: next.length === 0 ? NO_SPANS : next };
}

/** Erase in Line: 0 to the end, 1 to the start, 2 the whole line. */
function erase(line: Line, column: number, parameters: string): Line {
  const { stream, text, spans } = line;
  if (parameters === '1') {
    return overwrite(line, 0, ' '.repeat(Math.min(column, text.length)), PLAIN);
  }
  if (parameters === '2') return { stream, text: ' '.repeat(column), spans: NO_SPANS };
  return { stream, text: text.slice(0, column), spans: spans.filter(({ at }) => at < column) };
}

function styleAt(spans: readonly StyledSpan[], column: number): Style {
  return spans.findLast(({ at }) => at <= column)?.style ?? PLAIN;
}
