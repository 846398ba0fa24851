/**
 * Parses the terminal sequence for progress: `ESC ] 9 ; 4 ; state ; percent`, ended by BEL or `ESC \`.
 *
 * Windows Terminal, ConEmu, Ghostty and others support it; cargo, systemd, Claude Code and others print it:
 * https://conemu.github.io/en/AnsiEscapeCodes.html#ConEmu_specific_OSC
 */
import type { ParsedEvent } from './output-parser.ts';

// oxlint-disable no-control-regex -- it parses control characters
const BEGIN = '\u001b]9;4;';
const SEQUENCE = /\u001b\]9;4;([0-4])?(?:;(\d{1,3}))?;?(?:\u0007|\u001b\\)/g;
/** Longer than any valid sequence. */
const MAX_SEQUENCE_CHARS = 24;
const PAUSED = '4';
const ERROR = '2';

export class TerminalProgress {
  /** The end of the previous piece, if a sequence may have started there. */
  #rest = '';

  /** The last progress in a piece of output, if any. */
  parse(piece: string): readonly ParsedEvent[] {
    const text = this.#rest + piece;
    this.#rest = unfinished(text);
    if (!text.includes(BEGIN)) return [];
    const last = [...text.matchAll(SEQUENCE)].at(-1);
    return last ? progress(last[1], last[2]) : [];
  }
}

/** The sequence at the end of a text that is not complete yet; '' if there is none. */
function unfinished(text: string): string {
  const begin = text.lastIndexOf(BEGIN);
  const tail = text.slice(begin < 0 ? text.lastIndexOf('\u001b') : begin);
  if (tail.length > MAX_SEQUENCE_CHARS || !tail.startsWith('\u001b')) return '';
  if (begin < 0) return BEGIN.startsWith(tail) ? tail : '';
  return /\u0007|\u001b\\/.test(tail) ? '' : tail;
}

/** Empty for "no progress" (0) and "indeterminate" (3). */
function progress(state: string | undefined, percent: string | undefined): readonly ParsedEvent[] {
  if (percent === undefined || state === '0' || state === '3') return [];
  const value = Math.min(Number(percent), 100) / 100;
  const message = state === ERROR ? 'Error' : state === PAUSED ? 'Paused' : undefined;
  return [{ type: 'run.progress', data: { value, ...(message && { message }) } }];
}
