/** Makes text of agents safe to show where only plain text is possible, such as notifications and tooltips. */

/** Control, format (bidi, zero-width), line separator and paragraph separator characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** One line of at most `maxChars`, without invisible characters. Truncated text ends with an ellipsis. */
export function plainText(text: string, maxChars: number): string {
  const line = text.replaceAll(INVISIBLE, ' ').replaceAll(/ {2,}/g, ' ').trim();
  if (line.length <= maxChars) return line;
  // don't split a surrogate pair
  return `${line.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * The whole text, with invisible characters shown as `⟨U+202E⟩`: people decide on what they read here, so nothing may be
 * hidden. Line breaks and tabs stay as they are.
 */
export function visibleText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(
      /[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu,
      (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
}

/** The last line that is not blank; in a command's output usually the one that says what went wrong. */
export function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1) ?? '';
}
