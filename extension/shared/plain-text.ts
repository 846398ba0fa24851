/** Text of agents where only plain text can be shown (notifications, tooltips): it must not pose as anything else. */

/** Control, format (bidi, zero-width) and line or paragraph separating characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** One line without invisible characters, of at most `maxChars`; cut text ends with an ellipsis. */
export function plainText(text: string, maxChars: number): string {
  const line = text.replaceAll(INVISIBLE, ' ').replaceAll(/ {2,}/g, ' ').trim();
  if (line.length <= maxChars) return line;
  // not in the middle of a character
  return `${line.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * The whole text with what can't be seen made visible, as `⟨U+202E⟩`: it is read to decide on something, and must
 * not look like anything else. Line breaks and tabs stay as they are.
 */
export function visibleText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(
      /[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu,
      (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
}

/** The last line that says something; of a command's output usually the one that says what went wrong. */
export function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1) ?? '';
}
