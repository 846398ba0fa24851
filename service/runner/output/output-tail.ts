/** The last lines of an output as a person saw them, for the message of a failure. */
import { stripVTControlCharacters } from 'node:util';

/** Enough for the lines even if half of it is colour. */
const KEPT_CHARS = 16_000;

export interface TailLimits {
  /** Default 20. */
  readonly maxLines?: number;
  /** Default 2,000. */
  readonly maxChars?: number;
}

export class OutputTail {
  #text = '';
  #isCut = false;

  push(text: string): void {
    this.#text += text;
    if (this.#text.length < KEPT_CHARS * 2) return;
    this.#text = this.#text.slice(-KEPT_CHARS);
    this.#isCut = true;
  }

  /** Plain text without colours and without the states that a progress line went through; '' if nothing was printed. */
  read({ maxLines = 20, maxChars = 2_000 }: TailLimits = {}): string {
    // a cut may have gone through a line, or through a colour's code
    const whole = this.#isCut ? this.#text.slice(this.#text.indexOf('\n') + 1) : this.#text;
    const lines = stripVTControlCharacters(whole)
      .split('\n')
      .map(asShown)
      .join('\n')
      .replace(/^\n+/, '')
      .trimEnd()
      .split('\n');
    return lastChars(lines.slice(-maxLines).join('\n'), maxChars);
  }
}

/** A carriage return begins the line anew, so what came last is what stands there. */
function asShown(line: string): string {
  const shown = line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  return shown.replace(/[^\P{Cc}\t]/gu, '').trimEnd();
}

/** Whole lines if possible, and never half a character. */
export function lastChars(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = text.slice(-maxChars);
  const lineAt = end.indexOf('\n') + 1;
  if (lineAt > 0) return end.slice(lineAt);
  return /^[\udc00-\udfff]/.test(end) ? end.slice(1) : end;
}
