/** What agents say, as it may be passed on: one bounded line that can't pose as anything else. */

/** Control, format (bidi, zero-width) and line or paragraph separating characters, also as `\r\n` of a header. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** At most `maxChars` UTF-16 code units; cut text ends with an ellipsis. */
export function oneLine(text: string, maxChars: number): string {
  const line = text.toWellFormed().replaceAll(INVISIBLE, ' ').replaceAll(/ {2,}/g, ' ').trim();
  if (line.length <= maxChars) return line;
  // not in the middle of a character
  return `${line.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The last line that says something; of a command's output usually the one that says what went wrong. */
export function lastNonEmptyLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1) ?? '';
}
