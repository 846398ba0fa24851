/** Searches the output, and continues where it stopped when output is added. Pure. */
import type { Line, TerminalOutput } from './terminal.ts';
import { openLines } from './terminal.ts';

export interface Match {
  /** Line number from 0, dropped lines included. */
  readonly line: number;
  readonly at: number;
}

export interface Found {
  /** As typed. An empty query matches nothing. */
  readonly query: string;
  /** Oldest first, at most `MAX_MATCHES`. */
  readonly matches: readonly Match[];
  /** Number of matches in complete lines, which are kept. */
  readonly settled: number;
  /** The first line to search next time. */
  readonly next: number;
}

export const MAX_MATCHES = 10_000;
export const NOTHING_FOUND: Found = { query: '', matches: [], settled: 0, next: 0 };

/** Ignores case. @param before the previous result, for the same query or another one. */
export function find(before: Found, query: string, output: TerminalOutput): Found {
  if (query === '') return NOTHING_FOUND;
  const needle = query.toLowerCase();
  const { lines, dropped } = output;
  const known = before.query === query ? before : { ...NOTHING_FOUND, query };
  const matches = known.matches.slice(0, known.settled).filter(({ line }) => line >= dropped);
  const end = dropped + lines.length;
  for (let line = Math.max(known.next, dropped); line < end; line += 1) {
    if (matches.length >= MAX_MATCHES) break;
    matches.push(...matchesIn(lines[line - dropped], line, needle));
  }
  const settled = matches.length;
  for (const [index, line] of openLines(output).entries()) {
    matches.push(...matchesIn(line, end + index, needle));
  }
  return { query, matches: matches.slice(0, MAX_MATCHES), settled, next: end };
}

function matchesIn(line: Line | undefined, number: number, needle: string): Match[] {
  const found: Match[] = [];
  // must keep the length of the text, or positions would be wrong: `toLowerCase` turns İ into two characters
  const lower = line?.text.toLowerCase() ?? '';
  const text = lower.length === line?.text.length ? lower : (line?.text ?? '');
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
    found.push({ line: number, at });
  }
  return found;
}
