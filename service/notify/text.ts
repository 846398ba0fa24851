/** Makes text from agents safe to forward: one line of limited length, without invisible characters. */

/** Control, format (bidi, zero-width), line and paragraph separator characters, including `\r\n`. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** At most `maxChars` UTF-16 code units; cut text ends with an ellipsis. */
export function oneLine(text: string, maxChars: number): string {
  const line = text.toWellFormed().replaceAll(INVISIBLE, ' ').replaceAll(/ {2,}/g, ' ').trim();
  if (line.length <= maxChars) return line;
  // do not split a surrogate pair
  return `${line.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The last non-empty line: in the output of a command, usually the one with the error. */
export function lastNonEmptyLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1) ?? '';
}
