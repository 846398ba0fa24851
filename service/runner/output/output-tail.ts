/** Keeps the last lines of an output as a person saw them, for the message of a failure. */
import { stripVTControlCharacters } from 'node:util';

/** Enough for the lines even if half of it is control sequences. */
const KEPT_CHARS = 16_000;

export interface TailLimits {
  /** Defaults to `20`. */
  readonly maxLines?: number;
  /** Defaults to `2000`. */
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

  /** Plain text without colours and without earlier states of progress lines; '' if nothing was printed. */
  read({ maxLines = 20, maxChars = 2_000 }: TailLimits = {}): string {
    // the first line may be incomplete, or start within a control sequence
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

/** A carriage return restarts the line, so only the last part is visible. */
function asShown(line: string): string {
  const shown = line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  return shown.replace(/[^\P{Cc}\t]/gu, '').trimEnd();
}

/** The end of a text: whole lines if possible, never half a character. */
export function lastChars(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = text.slice(-maxChars);
  const lineAt = end.indexOf('\n') + 1;
  if (lineAt > 0) return end.slice(lineAt);
  return /^[\udc00-\udfff]/.test(end) ? end.slice(1) : end;
}
